// What the program calls things: names for error messages, and tracebacks (ldebug.c, ldblib.c of PUC Lua 5.1).
#include "compiler/compile.h"
#include "vm/levels.h"
#include "vm/machine.h"
#include "vm/pending.h"

namespace arenite {

std::uint32_t Machine::current_line(const Frame* f) const {
    const auto* c = reinterpret_cast<const Closure*>(f->function);
    const Prototype* p = heap_.get(c->prototype());
    if (!p) return 0;
    const auto next = f->pc - p->code();
    auto pc = static_cast<std::uint32_t>(next > 0 ? next - 1 : 0);
    // What PUC does not have has no line (compiler/code_buffer.h, emit_lineless) and belongs to what follows.
    const auto is_added = [](Op op) {
        return op <= Op::LOADTRUE || op == Op::NEWCELL || op == Op::ARGTABLE || op == Op::LOOK;
    };
    while (p->line(pc) == 0 && pc + 1 < p->code_size() && is_added(ins::op(p->code()[pc]))) ++pc;
    return p->line(pc);
}

std::string_view Machine::local_name(const Prototype& p, std::uint32_t reg, std::uint32_t pc) const {
    // They are in the order of their beginnings, and of a register one is active at most. In functions of very many
    // locals the first of them are examined, and the last before pc.
    constexpr std::uint32_t kMaxProbes = 4096;
    std::uint32_t low = 0;
    std::uint32_t high = p.local_count();
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        p.local(middle).start_pc <= pc ? low = middle + 1 : high = middle;
    }
    const auto is_it = [&](std::uint32_t i) { return pc < p.local(i).end_pc && p.local(i).reg == reg; };
    const std::uint32_t first = std::min(kMaxProbes, low);
    for (std::uint32_t i = low; i-- > std::max(first, low - first);) {
        if (is_it(i)) return heap_.string(p.local(i).name);
    }
    for (std::uint32_t i = 0; i < first; ++i) {
        if (is_it(i)) return heap_.string(p.local(i).name);
    }
    return {};
}

namespace {
/// Whether instruction `w` changes register `reg`.
bool writes(Instruction w, std::uint32_t reg) {
    const std::uint32_t a = ins::a(w);
    const Op op = ins::op(w);
    switch (op) {
        case Op::LOADNIL: return reg >= a && reg <= ins::b(w);
        case Op::SELF: return reg == a || reg == a + 1;
        case Op::CALL:
        case Op::CALLM:
        case Op::TAILCALL:
        case Op::VARARG: return reg >= a;
        case Op::TFORCALL: return reg >= a + 3;
        case Op::FORPREP:
        case Op::FORLOOP: return reg >= a && reg <= a + 3;
        case Op::JT:
        case Op::JF: return reg == a;  // PUC's TEST counts as a change (lopcodes.c), and hides the name
        default: {
            const char kind = op_info(op).a;
            return (kind == 'w' || kind == 'x') && reg == a && op != Op::NEWCELL;
        }
    }
}

/// The last instruction before `last` that set `reg`, as symbexec of PUC finds it: forward jumps that stay before
/// `last` are taken. It begins kNameWindow instructions before at the earliest: what sets a register for an expression
/// is near it, and a function may have millions of instructions.
constexpr std::uint32_t kNameWindow = 8192;
constexpr std::uint32_t kShortWindow = 1024;  ///< in tracebacks, which ask for many names
std::int64_t find_setter(const Prototype& p, std::uint32_t last, std::uint32_t reg, std::uint32_t window) {
    std::int64_t setter = -1;
    for (std::uint32_t pc = last > window ? last - window : 0; pc < last; ++pc) {
        const Instruction w = p.code()[pc];
        if (writes(w, reg)) setter = pc;
        if (op_info(ins::op(w)).c == 'j') {
            const std::int64_t target = static_cast<std::int64_t>(pc) + 1 + ins::jump(w);
            if (target > pc && target <= last) pc = static_cast<std::uint32_t>(target) - 1;
        }
    }
    return setter;
}
}  // namespace

Machine::Name Machine::register_name(const Frame* f, int reg, bool quick) const {
    const std::uint32_t window = quick ? kShortWindow : kNameWindow;
    const auto* c = reinterpret_cast<const Closure*>(f->function);
    const Prototype* p = heap_.get(c->prototype());
    if (!p || reg < 0) return {};
    auto pc = static_cast<std::uint32_t>(f->pc - p->code());
    pc = pc > 0 ? pc - 1 : 0;
    const auto r = static_cast<std::uint32_t>(reg);
    for (int hops = 0; hops < 3; ++hops) {
        if (const std::string_view local = local_name(*p, r, pc); !local.empty()) return {"local", local};
        const std::int64_t at = find_setter(*p, pc, r, window);
        if (at < 0) return {};
        const Instruction w = p->code()[at];
        // A constant past PUC's 256 operands is in a register there, and its name unknown.
        const auto field = [&](std::uint32_t k) {
            const Value v = p->constants()[k];
            const std::string_view text = heap_.string(v);
            return v.is_string() && k <= 255 ? text.substr(0, text.find('\0')) : std::string_view("?");
        };
        const auto constant = [&](std::uint32_t k) {
            const Value v = p->constants()[k];
            const std::string_view text = heap_.string(v);
            return v.is_string() ? text.substr(0, text.find('\0')) : std::string_view("?");
        };
        const auto upvalue = [&](std::uint32_t i) { return heap_.string(p->upvalue(i).name); };
        switch (ins::op(w)) {
            case Op::MOVE:
                if (ins::b(w) < ins::a(w)) {
                    const std::string_view local = local_name(*p, ins::b(w), static_cast<std::uint32_t>(at));
                    if (!local.empty()) return {"local", local};
                }
                return {};
            case Op::GETCELL: {
                const std::string_view local = local_name(*p, ins::b(w), static_cast<std::uint32_t>(at));
                if (!local.empty()) return {"local", local};
                return {};
            }
            case Op::GETGLOBAL: return {"global", constant(ins::b(w))};
            case Op::GETGLOBALR: {
                const std::int64_t key = find_setter(*p, static_cast<std::uint32_t>(at), ins::b(w), window);
                if (key >= 0 && ins::op(p->code()[key]) == Op::LOADK)
                    return {"global", constant(ins::cd(p->code()[key]))};
                return {};
            }
            case Op::GETFIELD: return {"field", field(ins::c(w))};
            case Op::GETTABLE: {
                // A long string constant is not an operand of its own: see what loaded the key.
                const std::int64_t key = find_setter(*p, static_cast<std::uint32_t>(at), ins::c(w), window);
                if (key >= 0 && ins::op(p->code()[key]) == Op::LOADK &&
                    local_name(*p, ins::c(w), static_cast<std::uint32_t>(at)).empty()) {
                    return {"field", field(ins::cd(p->code()[key]))};
                }
                return {"field", "?"};
            }
            case Op::GETINDEX: return {"field", "?"};
            case Op::GETUPVAL:
            case Op::GETUPCELL: return {"upvalue", upvalue(ins::b(w))};
            case Op::SELF:
                if (r == ins::a(w)) return {"method", field(ins::c(w))};
                return {};
            default: return {};
        }
    }
    return {};
}

Machine::Name Machine::function_name(const Thread& t, const Frame* f, bool quick) const {
    if (f->kind() == FrameKind::Lua && f->tail_calls() > 0) return {};
    const Frame* caller = f - 1;
    if (caller <= t.frames) return {};
    // A message handler counts as called by the instruction that has failed, as in PUC: it has the name of what could
    // not be called.
    if (caller->kind() == FrameKind::Pending &&
        (caller->pc == pending::kHook + 1 || caller->pc == pending::kHandler + 1)) {
        --caller;
    }
    if (caller->kind() != FrameKind::Lua) return {};
    const Instruction w = caller->pc[-1];
    switch (ins::op(w)) {
        case Op::CALL:
        case Op::CALLM:
        case Op::TAILCALL:
        case Op::TFORCALL: return register_name(caller, static_cast<int>(ins::a(w)), quick);
        default: return {};
    }
}

std::string Machine::traceback(const Thread& t, std::string_view message, int level, int top_level,
                               const Frame* from) const {
    constexpr int kFirst = 12;  // LEVELS1, LEVELS2 of ldblib.c
    constexpr int kLast = 10;
    std::string out(message);
    if (!message.empty()) out += "\n";
    out += "stack traceback:";
    const auto shown = [](std::string_view name) {
        constexpr std::size_t kShown = 1000;  // a name may be as long as a source
        return std::string(name.substr(0, kShown)) + (name.size() > kShown ? "..." : "");
    };
    const auto line = [&](const Frame* f) -> std::string {
        if (!f) return "\n\t(tail call): ?";
        const Name name = f == t.frames ? Name{} : function_name(t, f, true);
        if (f->kind() != FrameKind::Lua)
            return std::string("\n\t[C]:") + (name.kind ? " in function '" + shown(name.name) + "'" : " ?");
        const Prototype* p = heap_.get(reinterpret_cast<const Closure*>(f->function)->prototype());
        const std::string id = p ? compiler::chunk_id(heap_.string(p->source())) : "?";
        const std::string at = "\n\t" + id + ":" + std::to_string(current_line(f)) + ":";
        if (name.kind) return at + " in function '" + shown(name.name) + "'";
        if (p && p->line_defined() == 0) return at + " in main chunk";
        return at + " in function <" + id + ":" + std::to_string(p ? p->line_defined() : 0) + ">";
    };
    // A deep stack is not walked: what is shown of it lies at its two ends.
    LevelWalk walk = from ? LevelWalk(t, from, level - top_level) : LevelWalk(t);
    LevelWalk ahead = walk;
    const auto exists = [&](LevelWalk& from, std::int64_t l) {
        return l < top_level || from.at(l - top_level).kind != Level::OutOfRange;
    };
    bool first_part = true;
    for (std::int64_t at = level; exists(walk, at); ++at) {
        if (at >= kFirst && first_part) {
            first_part = false;
            if (exists(ahead, at + 1 + kLast)) {
                out += "\n\t...";
                Level last[kLast];
                for (std::size_t n = last_levels(t, last); n > 0; --n) out += line(last[n - 1].frame);
                return out;
            }
        }
        out += line(walk.at(at - top_level).frame);
    }
    return out;
}

}  // namespace arenite
