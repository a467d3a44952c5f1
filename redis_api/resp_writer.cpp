#include <arenite/redis/reply_text.h>

#include <charconv>
#include <vector>

#include "redis_api/format_double.h"
#include "redis_api/piece_buffer.h"

namespace arenite::redis {
namespace {

/// Out: std::string or PieceBuffer.
template <class Out>
class RespWriter {
public:
    RespWriter(int version, Out& out) : resp3_(version >= 3), out_(out) {}

    void write(const Reply& root) {
        write_head(root);
        while (!open_.empty()) {
            Position& position = open_.back();
            if (position.next == position.items->size()) {
                open_.pop_back();
            } else {
                const Reply& item = (*position.items)[position.next++];  // before `open_` may move
                write_head(item);
            }
        }
    }

private:
    struct Position {
        const Reply::Items* items;
        std::size_t next;
    };

    /// Writes a scalar whole; of an aggregate its header, and opens it.
    void write_head(const Reply& reply) {
        switch (reply.kind()) {
            case ReplyKind::Status: line('+', reply.text()); break;
            case ReplyKind::Error: line('-', reply.text()); break;
            case ReplyKind::Integer: number(':', reply.integer_value()); break;
            case ReplyKind::Bulk: bulk(reply.text()); break;
            case ReplyKind::Null: out_ += resp3_ ? "_\r\n" : "$-1\r\n"; break;
            case ReplyKind::NullArray: out_ += resp3_ ? "_\r\n" : "*-1\r\n"; break;
            case ReplyKind::Boolean:
                out_ += reply.boolean_value() ? (resp3_ ? "#t\r\n" : ":1\r\n") : (resp3_ ? "#f\r\n" : ":0\r\n");
                break;
            case ReplyKind::Double: {
                const std::string digits = format_double(reply.double_value());
                if (resp3_)
                    line(',', digits);
                else
                    bulk(digits);
                break;
            }
            case ReplyKind::BigNumber:
                if (resp3_)
                    line('(', reply.text());
                else
                    bulk(sanitised(reply.text()));
                break;
            case ReplyKind::Verbatim:
                if (!resp3_) {
                    bulk(reply.text());
                } else {
                    number('=', static_cast<std::int64_t>(reply.text().size() + 4));
                    out_ += reply.verbatim_format();
                    out_ += ':';
                    out_ += reply.text();
                    out_ += "\r\n";
                }
                break;
            case ReplyKind::Array: open(reply, '*', reply.items().size()); break;
            case ReplyKind::Set: open(reply, resp3_ ? '~' : '*', reply.items().size()); break;
            case ReplyKind::Map: open(reply, resp3_ ? '%' : '*', resp3_ ? reply.size() : reply.items().size()); break;
        }
    }

    void open(const Reply& reply, char sign, std::size_t length) {
        number(sign, static_cast<std::int64_t>(length));
        if (!reply.items().empty()) open_.push_back({&reply.items(), 0});
    }

    void number(char sign, std::int64_t value) {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
        out_ += sign;
        out_.append(digits, end);
        out_ += "\r\n";
    }

    void bulk(std::string_view text) {
        number('$', static_cast<std::int64_t>(text.size()));
        out_ += text;
        out_ += "\r\n";
    }

    static std::string sanitised(std::string_view text) {
        std::string clean(text);
        for (char& c : clean) {
            if (c == '\r' || c == '\n') c = ' ';
        }
        return clean;
    }

    void line(char sign, std::string_view text) {
        out_ += sign;
        if (text.find_first_of("\r\n") == std::string_view::npos)
            out_ += text;
        else
            out_ += sanitised(text);
        out_ += "\r\n";
    }

    const bool resp3_;
    Out& out_;
    std::vector<Position> open_;
};

}  // namespace

void write_resp(const Reply& reply, int version, std::string& out) {
    RespWriter(version, out).write(reply);
}

void write_resp(const Reply& reply, int version, const TextSink& sink) {
    PieceBuffer out(sink);
    RespWriter(version, out).write(reply);
    out.flush();
}

std::string to_resp(const Reply& reply, int version) {
    std::string out;
    write_resp(reply, version, out);
    return out;
}

}  // namespace arenite::redis
