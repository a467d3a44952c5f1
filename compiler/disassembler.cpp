#include "compiler/disassembler.h"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <string_view>
#include <vector>

#include "compiler/compile.h"

namespace arenite::compiler {
namespace {

constexpr std::size_t kLongestText = 60;

[[gnu::format(printf, 2, 3)]] void append(std::string& out, const char* format, ...) {
    std::array<char, 192> buffer;
    va_list args;
    va_start(args, format);
    std::vsnprintf(buffer.data(), buffer.size(), format, args);
    va_end(args);
    out += buffer.data();
}

void append_quoted(std::string& out, std::string_view s) {
    out += '"';
    for (std::size_t i = 0; i < std::min(s.size(), kLongestText); ++i) {
        const auto c = static_cast<unsigned char>(s[i]);
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (c < 32 || c >= 127) {
                    append(out, "\\%03u", c);
                } else {
                    out += static_cast<char>(c);
                }
        }
    }
    out += s.size() > kLongestText ? "\"..." : "\"";
}

void append_constant(std::string& out, const FunctionUnit& unit, std::uint32_t index) {
    if (index >= unit.constants.size()) {
        out += "?";
        return;
    }
    const UnitConstant& k = unit.constants[index];
    switch (k.kind) {
        case UnitConstant::Kind::Nil: out += "nil"; break;
        case UnitConstant::Kind::False: out += "false"; break;
        case UnitConstant::Kind::True: out += "true"; break;
        case UnitConstant::Kind::Number: append(out, "%.14g", k.number); break;
        case UnitConstant::Kind::String: append_quoted(out, k.string); break;
    }
}

/// An operand's number, and what it means if that is worth a comment.
class Operands {
public:
    Operands(const FunctionUnit& unit, std::size_t pc) : unit_(unit), pc_(pc), word_(unit.code[pc]) {}

    void add(char kind, std::uint32_t value, std::uint32_t wide) {
        switch (kind) {
            case '_':
            case '.': break;
            case 'h':
                if (value != 0) append(numbers_, " hint:%u", value);
                break;
            case 'n':
                if (value == kMulti) {
                    numbers_ += " *";
                } else {
                    append(numbers_, " %u", value);
                }
                break;
            case 'k':
            case 's':
            case 'm':
                append(numbers_, " k%u", value);
                note();
                append_constant(notes_, unit_, value);
                break;
            case 'K':
                append(numbers_, " k%u", wide);
                note();
                append_constant(notes_, unit_, wide);
                break;
            case 'u':
                append(numbers_, " u%u", value);
                note();
                notes_ += value < unit_.upvalues.size() ? unit_.upvalues[value].name : "?";
                break;
            case 'j': {
                const auto offset = static_cast<std::int32_t>(wide);
                append(numbers_, " %+d", offset);
                note();
                append(notes_, "to %lld", static_cast<long long>(pc_) + 2 + offset);
                break;
            }
            case 'P': append(numbers_, " f%u", wide); break;
            case 'I': append(numbers_, " %u", wide); break;
            default: append(numbers_, " %u", value); break;
        }
    }
    [[nodiscard]] std::string text() {
        const unsigned code = static_cast<unsigned>(word_ & 0xFF);
        if (code >= kOpcodeCount) {
            std::string out;
            append(out, "op%u", code);
            return out;
        }
        const OpInfo& info = kOpInfo[code];
        const std::uint32_t wide = ins::cd(word_);
        add(info.a, ins::a(word_), wide);
        add(info.b, ins::b(word_), wide);
        add(info.c, ins::c(word_), wide);
        add(info.d, ins::d(word_), wide);
        std::string out;
        append(out, "%-10.*s", static_cast<int>(info.name.size()), info.name.data());
        out += numbers_;
        if (!notes_.empty()) {
            out += "\t; " + notes_;
        }
        while (!out.empty() && out.back() == ' ') {
            out.pop_back();
        }
        return out;
    }

private:
    void note() { notes_ += notes_.empty() ? "" : " "; }

    const FunctionUnit& unit_;
    std::size_t pc_;
    Instruction word_;
    std::string numbers_;
    std::string notes_;
};

void append_function(std::string& out, const FunctionUnit& unit, const std::string& path) {
    if (unit.line_defined == 0) {
        append(out, "main %s", path.c_str());
    } else {
        append(out, "function %s", path.c_str());
    }
    out += " <" + chunk_id(unit.source);
    append(out, ":%u,%u> (%zu instructions)\n", unit.line_defined, unit.last_line_defined, unit.code.size());
    append(out, "%u%s params, %u registers, %zu upvalues, %zu locals, %zu constants, %zu functions\n", unit.num_params,
           unit.is_vararg ? "+" : "", unit.max_stack, unit.upvalues.size(), unit.locals.size(), unit.constants.size(),
           unit.children.size());
    for (std::size_t pc = 0; pc < unit.code.size(); ++pc) {
        append(out, "\t%zu\t[%u]\t", pc + 1, pc < unit.lines.size() ? unit.lines[pc] : 0);
        out += disassemble_instruction(unit, pc) + "\n";
    }
    for (std::size_t i = 0; i < unit.upvalues.size(); ++i) {
        const UnitUpvalue& u = unit.upvalues[i];
        append(out, "  upvalue u%zu %s %s %u ", i, u.by_value ? "copies" : "shares",
               u.from_local ? "register" : "upvalue", u.index);
        out.append(u.name).append("\n");
    }
    for (const UnitLocal& l : unit.locals) {
        append(out, "  local %u%s %u..%u ", l.reg, l.in_cell ? " (cell)" : "", l.start_pc + 1, l.end_pc + 1);
        out.append(l.name).append("\n");
    }
}

}  // namespace

std::string disassemble_instruction(const FunctionUnit& unit, std::size_t pc) {
    return Operands(unit, pc).text();
}

std::string disassemble(const FunctionUnit& unit) {
    struct Item {
        const FunctionUnit* unit;
        std::string path;
    };
    std::string out;
    std::vector<Item> stack{{&unit, "f"}};
    while (!stack.empty()) {
        const Item item = std::move(stack.back());
        stack.pop_back();
        append_function(out, *item.unit, item.path);
        for (std::size_t i = item.unit->children.size(); i-- > 0;) {
            stack.push_back({item.unit->children[i], item.path + "." + std::to_string(i)});
        }
    }
    return out;
}

}  // namespace arenite::compiler
