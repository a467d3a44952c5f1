// io.write and io.read (Lua 5.1 §5.7) on the standard streams of the command line. Output goes to the host's sink,
// input comes from C's stdin. Files and the rest of the library are a later issue.
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "vm/lib/lib.h"
#include "vm/lib/text_builder.h"

namespace arenite::lib {
namespace {

constexpr std::uint32_t kContinue = 1;

/// pushresult of the reference without a file name: nil, message and error number.
NativeResult stream_error(NativeContext& cx, int error) {
    Value message = Value::nil();
    if (!cx.new_string(std::strerror(error), message)) return cx.failed();
    return cx.done(Value::nil(), message, Value::number(error));
}

/// io.write (...)
NativeResult write_fn(NativeContext& cx) {
    enum : std::uint32_t { kAt, kSlots };
    constexpr std::uint64_t kSlice = 128;
    const std::uint32_t n = cx.arg_count();
    std::uint32_t i = cx.state() == 0 ? 0 : static_cast<std::uint32_t>(cx.local_number(kAt));
    OutputBatch out(cx);
    std::uint64_t work = 0;
    for (; i < n; ++i) {
        if (work >= kSlice) {
            const bool left = cx.charge(work);
            work = 0;
            if (!left) {
                if (!out.flush() || (cx.state() == 0 && !cx.reserve(kSlots))) return cx.failed();
                cx.set_local_number(kAt, i);
                return cx.suspend(kContinue);
            }
        }
        ++work;
        if (const Value v = cx.arg(i); v.is_number()) {
            if (!out.add(NumberText(v.as_number()).view())) return cx.failed();
            continue;
        }
        std::string_view s;
        if (!cx.arg(i).is_string()) {
            // What precedes a bad argument has been written; the check then records the error.
            if (!out.flush()) return cx.failed();
        }
        if (!cx.check_string(i, s) || !out.add(s)) return cx.failed();
        work += work_of_bytes(s.size());
    }
    if (work > 0) (void)cx.charge(work);
    return out.flush() ? cx.done_bool(true) : cx.failed();
}

/// What one step of reading an item led to.
enum class Read { Item, Nothing, NoBudget, Failed };

/// Reads items from stdin; those that are long are read in pieces, with the bytes so far in the slot of a Buffer.
class Reader {
public:
    Reader(NativeContext& cx, std::uint32_t buffer_slot) : cx_(cx), slot_(buffer_slot) {}

    /// "*n": what scanf takes for a number.
    Read number(Value& out) {
        double d = 0;
        if (std::fscanf(stdin, "%lf", &d) != 1) return Read::Nothing;
        out = Value::canonical(d);
        return Read::Item;
    }

    /// "*l": a line without its end. A zero byte hides the rest of its piece, as in the reference (fgets).
    Read line(Value& out) {
        char piece[kPiece];
        for (;;) {
            if (std::fgets(piece, sizeof piece, stdin) == nullptr) return finish(out, size() > 0);
            const std::size_t n = std::strlen(piece);
            const bool ended = n > 0 && piece[n - 1] == '\n';
            if (!append({piece, ended ? n - 1 : n})) return Read::Failed;
            if (ended) return finish(out, true);
            if (!cx_.charge(1 + work_of_bytes(n))) return Read::NoBudget;
        }
    }

    /// A count of bytes, or all of them (`everything`, which is no failure when there are none).
    Read bytes(std::uint64_t count, bool everything, Value& out) {
        char piece[kPiece];
        for (;;) {
            const std::uint64_t missing = everything ? kPiece : count - size();
            const std::size_t want = missing < kPiece ? static_cast<std::size_t>(missing) : kPiece;
            const std::size_t got = std::fread(piece, 1, want, stdin);
            if (!append({piece, got})) return Read::Failed;
            const bool complete = !everything && size() == count;
            if (complete || got < want) return finish(out, everything || size() > 0);
            if (!cx_.charge(1 + work_of_bytes(got))) return Read::NoBudget;
        }
    }

    /// Zero bytes: "" unless the stream is at its end.
    Read at_end(Value& out) {
        const int c = std::getc(stdin);
        if (c == EOF) return Read::Nothing;
        std::ungetc(c, stdin);
        return cx_.new_string("", out) ? Read::Item : Read::Failed;
    }

private:
    static constexpr std::size_t kPiece = 8192;  // LUAL_BUFFERSIZE of the reference

    std::size_t size() const {
        const Value buffer = cx_.local(slot_);
        return buffer.is_nil() ? 0 : cx_.buffer_bytes(buffer).size();
    }
    bool append(std::string_view bytes) {
        if (cx_.local(slot_).is_nil()) {
            Value buffer = Value::nil();
            if (!cx_.new_buffer(buffer)) return false;
            cx_.set_local(slot_, buffer);
        }
        return cx_.append(cx_.local(slot_), bytes);
    }
    Read finish(Value& out, bool success) {
        if (!success) return Read::Nothing;
        if (!append({})) return Read::Failed;
        return cx_.finish(cx_.local(slot_), out) ? Read::Item : Read::Failed;
    }

    NativeContext& cx_;
    std::uint32_t slot_;
};

/// io.read (...). Results take the place of the formats, argument by argument.
NativeResult read_fn(NativeContext& cx) {
    enum : std::uint32_t { kAt, kBuffer, kLine, kSlots };
    std::uint32_t i = 0;
    if (cx.state() == 0) {
        if (!cx.reserve(kSlots)) return cx.failed();
        std::clearerr(stdin);
    } else {
        i = static_cast<std::uint32_t>(cx.local_number(kAt));
    }
    const std::uint32_t formats = cx.arg_count();
    const std::uint32_t items = formats == 0 ? 1 : formats;
    Reader reader(cx, kBuffer);
    Read read = Read::Item;
    for (; i < items && read == Read::Item; ++i) {
        Value item = Value::nil();
        errno = 0;
        if (formats == 0) {
            read = reader.line(item);
        } else if (const Value format = cx.arg(i); format.is_number()) {
            std::int64_t count = 0;
            if (!cx.check_integer(i, count)) return cx.failed();
            read = count == 0 ? reader.at_end(item) : reader.bytes(static_cast<std::uint64_t>(count), false, item);
        } else {
            const std::string_view name = format.is_string() ? cx.string(format) : std::string_view();
            if (name.empty() || name[0] != '*') return cx.arg_error(i, "invalid option");
            switch (name.size() > 1 ? name[1] : '\0') {
                case 'n': read = reader.number(item); break;
                case 'l': read = reader.line(item); break;
                case 'a': read = reader.bytes(0, true, item); break;
                default: return cx.arg_error(i, "invalid format");
            }
        }
        if (read == Read::Failed) return cx.failed();
        if (read == Read::NoBudget) {
            cx.set_local_number(kAt, i);
            return cx.suspend(kContinue);
        }
        if (formats == 0) {
            cx.set_local(kLine, item);
        } else {
            cx.set_arg(i, item);  // nil when the read failed
        }
    }
    if (std::ferror(stdin) != 0) return stream_error(cx, errno);
    if (formats == 0) return cx.done(cx.local(kLine));
    cx.begin_results();
    for (std::uint32_t k = 0; k < i; ++k) {
        if (!cx.push(cx.arg(k))) return cx.failed();
    }
    return cx.done_pushed();
}

}  // namespace

void open_io(LibraryBuilder& b) {
    b.library("io");
    b.function("read", read_fn);
    b.function("write", write_fn);
}

}  // namespace arenite::lib
