#include <arenite/redis/reply_text.h>

#include <vector>

#include "redis_api/format_double.h"
#include "redis_api/piece_buffer.h"

namespace arenite::redis {
namespace {

/// Redis redis-cli.c, cliIsMultilineValueTTY.
bool takes_several_lines(const Reply& reply) {
    const Reply* current = &reply;
    while (current->is_aggregate() && current->size() == 1) current = &current->items().back();
    return current->is_aggregate() && current->size() > 1;
}

/// redis-cli prints statuses and errors as C strings.
std::string_view up_to_nul(std::string_view text) {
    return text.substr(0, text.find('\0'));
}

template <class Out>
void quote(std::string_view text, Out& out) {
    static constexpr char kHex[] = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        switch (c) {
            case '\\': out += "\\\\"; break;
            case '"': out += "\\\""; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            case '\a': out += "\\a"; break;
            case '\b': out += "\\b"; break;
            default: {
                const auto byte = static_cast<unsigned char>(c);
                if (byte >= 0x20 && byte < 0x7f) {
                    out += c;
                } else {
                    out += "\\x";
                    out += kHex[byte >> 4];
                    out += kHex[byte & 15];
                }
            }
        }
    }
    out += '"';
}

/// Out: std::string or PieceBuffer.
template <class Out>
class Printer {
public:
    explicit Printer(Out& out) : out_(out) {}

    void print(const Reply& root) {
        print_head(root, 0);
        while (!open_.empty()) {
            Level& level = open_.back();
            if (level.next == level.items->size()) {
                open_.pop_back();
                continue;
            }
            const std::size_t index = level.next++;
            const Reply& item = (*level.items)[index];
            const std::size_t inner_indent = level.indent + level.index_width + 2;
            if (level.kind == ReplyKind::Map && index % 2 == 1) {
                out_.pop_back();  // the newline after the key
                out_ += " => ";
                if (takes_several_lines(item)) {
                    out_ += '\n';
                    out_.append(inner_indent, ' ');
                }
            } else {
                print_index(level, index);
            }
            print_head(item, inner_indent);
        }
    }

private:
    struct Level {
        const Reply::Items* items;
        std::size_t next;
        std::size_t indent;
        std::size_t index_width;
        ReplyKind kind;
    };

    void print_index(const Level& level, std::size_t index) {
        // The parent already wrote what precedes the first element.
        if (index != 0) out_.append(level.indent, ' ');
        const bool map = level.kind == ReplyKind::Map;
        const std::string digits = std::to_string((map ? index / 2 : index) + 1);
        out_.append(level.index_width - digits.size(), ' ');
        out_ += digits;
        out_ += map ? '#' : level.kind == ReplyKind::Set ? '~' : ')';
        out_ += ' ';
    }

    /// Prints a scalar whole; opens an aggregate.
    void print_head(const Reply& reply, std::size_t indent) {
        switch (reply.kind()) {
            case ReplyKind::Error: line("(error) ", up_to_nul(reply.text())); return;
            case ReplyKind::Status: line("", up_to_nul(reply.text())); return;
            case ReplyKind::Integer: line("(integer) ", std::to_string(reply.integer_value())); return;
            case ReplyKind::Double: line("(double) ", format_double(reply.double_value())); return;
            case ReplyKind::Bulk:
                quote(reply.text(), out_);
                out_ += '\n';
                return;
            // redis-cli 7.0 knows no big numbers and exits; their digits stand for themselves.
            case ReplyKind::BigNumber:
            case ReplyKind::Verbatim: line("", reply.text()); return;
            case ReplyKind::Null:
            case ReplyKind::NullArray: line("(nil)", ""); return;
            case ReplyKind::Boolean: line(reply.boolean_value() ? "(true)" : "(false)", ""); return;
            case ReplyKind::Array:
            case ReplyKind::Map:
            case ReplyKind::Set: break;
        }
        if (reply.size() == 0) {
            line(reply.kind() == ReplyKind::Array ? "(empty array)"
                 : reply.kind() == ReplyKind::Map ? "(empty hash)"
                                                  : "(empty set)",
                 "");
            return;
        }
        open_.push_back({&reply.items(), 0, indent, std::to_string(reply.size()).size(), reply.kind()});
    }

    void line(std::string_view head, std::string_view text) {
        out_ += head;
        out_ += text;
        out_ += '\n';
    }

    Out& out_;
    std::vector<Level> open_;
};

}  // namespace

std::string print_reply(const Reply& reply) {
    std::string out;
    Printer(out).print(reply);
    return out;
}

void print_reply(const Reply& reply, const TextSink& sink) {
    PieceBuffer out(sink);
    Printer(out).print(reply);
    out.flush();
}

std::string quote_text(std::string_view text) {
    std::string out;
    quote(text, out);
    return out;
}

}  // namespace arenite::redis
