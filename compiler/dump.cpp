#include "compiler/dump.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <new>

#include "compiler/verifier.h"

namespace arenite::compiler {
namespace {

constexpr std::array<std::uint8_t, 14> kHeader = {static_cast<std::uint8_t>(kDumpMark),
                                                  'L',
                                                  'u',
                                                  'a',
                                                  0x51,
                                                  'A',
                                                  1,
                                                  sizeof(int),
                                                  sizeof(std::size_t),
                                                  sizeof(Instruction),
                                                  sizeof(double),
                                                  0,
                                                  kDumpVersion,
                                                  static_cast<std::uint8_t>(kOpcodeCount)};
constexpr std::uint8_t kFromLocal = 1;
constexpr std::uint8_t kByValue = 2;

// --- Writing ------------------------------------------------------------------------------------------------------

/// Writes from `out` on; with null it only counts.
class Writer {
public:
    Writer(bool strip, char* out, Look look) : strip_(strip), out_(out), pacer_(look) {}

    /// The children of a function follow it, so the tree is written in the order in which it is met. The number of
    /// bytes.
    std::size_t write(const FunctionUnit& unit) {
        for (const std::uint8_t b : kHeader) {
            byte(b);
        }
        function(unit, {});
        return size_;
    }

private:
    /// Something of a function has been written: a check now and then. True: give up.
    [[nodiscard]] bool written(std::size_t work) { return stopped_ = stopped_ || pacer_.after(work); }
    void byte(unsigned v) {
        if (out_ != nullptr) {
            out_[size_] = static_cast<char>(v);
        }
        ++size_;
    }
    void number(std::uint64_t v) {
        for (; v >= 0x80; v >>= 7) {
            byte(static_cast<unsigned>(v & 0x7F) | 0x80);
        }
        byte(static_cast<unsigned>(v));
    }
    void word(std::uint64_t v) {
        for (int i = 0; i < 8; ++i, v >>= 8) {
            byte(static_cast<unsigned>(v & 0xFF));
        }
    }
    void string(std::string_view s) {
        number(s.size());
        while (s.size() > Look::kBytes && !written(s.size())) {
            bytes(s.substr(0, Look::kBytes));
            s.remove_prefix(Look::kBytes);
        }
        bytes(s);
    }
    void bytes(std::string_view s) {
        if (out_ != nullptr) {
            s.copy(out_ + size_, s.size());
        }
        size_ += s.size();
    }

    void function(const FunctionUnit& f, std::string_view parent_source) {  // depth: kMaxFunctionDepth, verified
        // Functions of one chunk share the name, which may be all of its source.
        const bool shared = f.source.data() == parent_source.data() && f.source.size() == parent_source.size();
        string(shared || f.source == parent_source ? std::string_view() : f.source);
        number(f.line_defined);
        number(f.last_line_defined);
        byte(f.num_params);
        byte(f.is_vararg ? 1 : 0);
        byte(f.max_stack);
        number(f.code.size());
        for (const Instruction i : f.code) {
            word(without_hint(i));
            if (written(1)) {
                return;
            }
        }
        lines(f);
        constants(f);
        variables(f);
        number(f.children.size());
        for (const FunctionUnit* child : f.children) {
            if (written(8)) {
                return;
            }
            function(*child, f.source);
        }
    }
    [[nodiscard]] static Instruction without_hint(Instruction i) {
        return op_info(ins::op(i)).d == 'h' ? i & 0x0000FFFFFFFFFFFFull : i;
    }
    void lines(const FunctionUnit& f) {
        number(strip_ ? 0 : f.lines.size());
        std::uint32_t before = f.line_defined;
        for (std::size_t i = 0; !strip_ && i < f.lines.size(); ++i) {
            const std::int64_t step = std::int64_t{f.lines[i]} - before;
            number(step < 0 ? static_cast<std::uint64_t>(-step) << 1 | 1 : static_cast<std::uint64_t>(step) << 1);
            before = f.lines[i];
            if (written(1)) {
                return;
            }
        }
    }
    void constants(const FunctionUnit& f) {
        number(f.constants.size());
        for (const UnitConstant& k : f.constants) {
            byte(static_cast<unsigned>(k.kind));
            if (k.kind == UnitConstant::Kind::Number) {
                word(std::bit_cast<std::uint64_t>(k.number));
            } else if (k.kind == UnitConstant::Kind::String) {
                string(k.string);
            }
            if (written(1)) {
                return;
            }
        }
    }
    void variables(const FunctionUnit& f) {
        number(f.upvalues.size());
        for (const UnitUpvalue& u : f.upvalues) {
            byte((u.from_local ? kFromLocal : 0u) | (u.by_value ? kByValue : 0u));
            byte(u.index);
            string(strip_ ? std::string_view() : u.name);
        }
        number(strip_ ? 0 : f.locals.size());
        for (std::size_t i = 0; !strip_ && i < f.locals.size(); ++i) {
            const UnitLocal& l = f.locals[i];
            string(l.name);
            number(l.start_pc);
            number(l.end_pc - l.start_pc);
            byte(l.reg);
            byte(l.in_cell ? 1 : 0);
            if (written(2)) {
                return;
            }
        }
    }

    bool strip_;
    char* out_;
    Pacer pacer_;
    std::size_t size_ = 0;
    bool stopped_ = false;
};

// --- Reading ------------------------------------------------------------------------------------------------------

/// Thrown inside, caught in undump().
struct BadDump {
    const char* what;
    bool incomplete = false;
    bool interrupted = false;
};

class Reader {
public:
    Reader(std::string_view bytes, boost::container::pmr::memory_resource* mr, Look look)
        : in_(bytes), mr_(mr), pacer_(look) {}

    FunctionUnit* read(std::string_view chunkname) {
        if (!std::ranges::equal(take(kHeader.size()), kHeader,
                                [](char c, std::uint8_t b) { return static_cast<std::uint8_t>(c) == b; })) {
            throw BadDump{"bad header"};
        }
        return function(chunkname, 1);
    }

private:
    void look(std::size_t work) {
        if (pacer_.after(work)) {
            throw BadDump{"interrupted", false, true};
        }
    }
    std::string_view take(std::size_t n) {
        if (n > in_.size()) {
            throw BadDump{"unexpected end", true};
        }
        const std::string_view s = in_.substr(0, n);
        in_.remove_prefix(n);
        return s;
    }
    std::uint8_t byte() { return static_cast<std::uint8_t>(take(1)[0]); }
    std::uint64_t number() {
        std::uint64_t v = 0;
        for (unsigned shift = 0; shift < 56; shift += 7) {
            const std::uint8_t b = byte();
            v |= std::uint64_t{b & 0x7Fu} << shift;
            if (b < 0x80) {
                return v;
            }
        }
        throw BadDump{"bad integer"};
    }
    std::uint32_t number32() {
        const std::uint64_t v = number();
        if (v > std::numeric_limits<std::uint32_t>::max()) {
            throw BadDump{"bad integer"};
        }
        return static_cast<std::uint32_t>(v);
    }
    /// A count of things that take at least `each` bytes.
    std::size_t count(std::size_t each) {
        const std::uint64_t n = number();
        if (n > in_.size() / each) {
            throw BadDump{"unexpected end", true};
        }
        return static_cast<std::size_t>(n);
    }
    std::uint64_t word() {
        const std::string_view s = take(8);
        std::uint64_t v = 0;
        for (int i = 7; i >= 0; --i) {
            v = v << 8 | static_cast<unsigned char>(s[static_cast<std::size_t>(i)]);
        }
        return v;
    }
    std::string_view keep(std::string_view s) {
        if (s.empty()) {
            return {};
        }
        auto* copy = static_cast<char*>(mr_->allocate(s.size(), 1));
        for (std::size_t at = 0; at < s.size(); at += Look::kBytes) {
            std::memcpy(copy + at, s.data() + at, std::min(Look::kBytes, s.size() - at));
            look(1 + (s.size() - at) / 16);
        }
        return {copy, s.size()};
    }
    std::string_view string() { return keep(take(count(1))); }

    FunctionUnit* function(std::string_view parent_source, std::size_t depth) {
        if (depth > kMaxDumpDepth) {
            throw BadDump{"code too deep"};
        }
        auto* f = ::new (mr_->allocate(sizeof(FunctionUnit), alignof(FunctionUnit))) FunctionUnit(mr_);
        const std::string_view source = string();
        f->source = source.empty() ? parent_source : source;
        f->line_defined = number32();
        f->last_line_defined = number32();
        f->num_params = byte();
        f->is_vararg = flag();
        f->max_stack = byte();
        const std::size_t size = count(8);
        f->code.reserve(size);
        for (std::size_t i = 0; i < size; ++i) {
            f->code.push_back(word());
            look(1);
        }
        lines(*f);
        constants(*f);
        variables(*f);
        const std::size_t children = count(1);
        f->children.reserve(children);
        for (std::size_t i = 0; i < children; ++i) {
            f->children.push_back(function(f->source, depth + 1));
            look(16);
        }
        return f;
    }
    bool flag() {
        const std::uint8_t b = byte();
        if (b > 1) {
            throw BadDump{"bad flag"};
        }
        return b == 1;
    }
    void lines(FunctionUnit& f) {
        const std::size_t n = count(1);
        if (n == 0) {
            f.lines.reserve(f.code.size());
            for (std::size_t i = 0; i < f.code.size(); ++i) {
                f.lines.push_back(0);
                look(1);
            }
            return;
        }
        f.lines.reserve(n);
        std::int64_t line = f.line_defined;
        for (std::size_t i = 0; i < n; ++i) {
            const std::uint64_t step = number();
            const auto distance = static_cast<std::int64_t>(step >> 1);
            line += (step & 1) != 0 ? -distance : distance;
            if (line < 0 || line > std::numeric_limits<std::int32_t>::max()) {
                throw BadDump{"bad line"};
            }
            f.lines.push_back(static_cast<std::uint32_t>(line));
            look(1);
        }
    }
    void constants(FunctionUnit& f) {
        const std::size_t n = count(1);
        f.constants.reserve(n);
        for (std::size_t i = 0; i < n; ++i) {
            UnitConstant k;
            const std::uint8_t kind = byte();
            if (kind > static_cast<std::uint8_t>(UnitConstant::Kind::String)) {
                throw BadDump{"bad constant"};
            }
            k.kind = static_cast<UnitConstant::Kind>(kind);
            if (k.kind == UnitConstant::Kind::Number) {
                k.number = std::bit_cast<double>(word());
            } else if (k.kind == UnitConstant::Kind::String) {
                k.string = string();
            }
            f.constants.push_back(k);
            look(2);
        }
    }
    void variables(FunctionUnit& f) {
        const std::size_t upvalues = count(3);
        f.upvalues.reserve(upvalues);
        for (std::size_t i = 0; i < upvalues; ++i) {
            UnitUpvalue u;
            const std::uint8_t flags = byte();
            if (flags > (kFromLocal | kByValue)) {
                throw BadDump{"bad flag"};
            }
            u.from_local = (flags & kFromLocal) != 0;
            u.by_value = (flags & kByValue) != 0;
            u.index = byte();
            u.name = string();
            f.upvalues.push_back(u);
        }
        const std::size_t locals = count(5);
        f.locals.reserve(locals);
        for (std::size_t i = 0; i < locals; ++i) {
            UnitLocal l;
            l.name = string();
            l.start_pc = number32();
            const std::uint32_t length = number32();
            if (length > std::numeric_limits<std::uint32_t>::max() - l.start_pc) {
                throw BadDump{"bad integer"};
            }
            l.end_pc = l.start_pc + length;
            l.reg = byte();
            l.in_cell = flag();
            f.locals.push_back(l);
            look(4);
        }
    }

    std::string_view in_;
    boost::container::pmr::memory_resource* mr_;
    Pacer pacer_;
};

/// The messages of lundump.c.
CompileError bad_dump(std::string_view chunkname, const std::string& what) {
    std::string_view name = chunkname.substr(0, chunkname.find('\0'));
    if (name.starts_with('@') || name.starts_with('=')) {
        name.remove_prefix(1);
    } else if (name.starts_with(kDumpMark)) {
        name = "binary string";
    }
    CompileError error;
    error.message = std::string(name) + ": " + what + " in precompiled chunk";
    return error;
}

}  // namespace

std::size_t dump_size(const FunctionUnit& unit, bool strip, Look look) {
    return Writer(strip, nullptr, look).write(unit);
}

void dump_to(char* out, const FunctionUnit& unit, bool strip, Look look) {
    (void)Writer(strip, out, look).write(unit);
}

std::string dump(const FunctionUnit& unit, bool strip) {
    std::string bytes(dump_size(unit, strip), '\0');
    dump_to(bytes.data(), unit, strip);
    return bytes;
}

std::variant<FunctionUnit*, CompileError> undump(std::string_view bytes, std::string_view chunkname,
                                                 boost::container::pmr::memory_resource* mr, SourcePart part,
                                                 Look look) noexcept {
    try {
        try {
            FunctionUnit* unit = Reader(bytes, mr, look).read(chunkname);
            if (const auto error = verify(*unit, *mr, look)) {
                return bad_dump(chunkname, "bad code (" + *error + ")");
            }
            return unit;
        } catch (const BadDump& bad) {
            CompileError error = bad_dump(chunkname, bad.what);
            error.incomplete = bad.incomplete && part == SourcePart::Beginning;
            error.interrupted = bad.interrupted;
            return error;
        }
    } catch (...) {  // std::bad_alloc
        CompileError error;
        error.out_of_memory = true;
        try {
            error.message = "not enough memory";
        } catch (const std::bad_alloc&) {  // the flag says it all
        }
        return error;
    }
}

}  // namespace arenite::compiler
