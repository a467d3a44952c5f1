#include "vm/lib/io_transfer.h"

#include <stdio_ext.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <string_view>

#include "heap/number_text.h"
#include "vm/lib/text_builder.h"
#include "vm/machine.h"

namespace arenite::lib {
namespace {

constexpr std::uint32_t kContinue = 1;
constexpr std::size_t kPiece = 8192;  // LUAL_BUFFERSIZE of the reference
constexpr std::size_t kCharactersAUnit = 2;
constexpr std::size_t kCharacters = 1024;  // of a numeral, read one by one

}  // namespace

NativeResult io_result(NativeContext& cx, bool ok, int error, const char* file_name) {
    if (ok) return cx.done_bool(true);
    Value message = Value::nil();
    const std::string_view name = file_name ? file_name : "";
    if (!cx.join(name, {file_name ? ": " : "", std::strerror(error)}, message)) return cx.failed();
    return cx.done(Value::nil(), message, Value::number(error));
}

// --- Reading --------------------------------------------------------------------------------------------------------

std::size_t Reader::size() const {
    const Value buffer = cx_.local(slot_);
    return buffer.is_nil() ? 0 : cx_.buffer_size(buffer);
}

bool Reader::append(std::string_view bytes) {
    if (cx_.local(slot_).is_nil()) {
        Value buffer = Value::nil();
        if (!cx_.new_buffer(buffer)) return false;
        cx_.set_local(slot_, buffer);
    }
    return cx_.append(cx_.local(slot_), bytes);
}

Read Reader::finish(Value& out, bool success) {
    if (!success) return Read::Nothing;
    if (!append({})) return Read::Failed;
    return cx_.finish(cx_.local(slot_), out) ? Read::Item : Read::Failed;
}

bool Reader::hide(std::size_t bytes) {
    const Value before = cx_.local(progress_);
    const double hidden = (before.is_nil() ? 0 : before.as_number()) + static_cast<double>(bytes);
    cx_.set_local_number(progress_, hidden);
    const std::size_t room =
        std::min<std::size_t>(library(cx_).heap().budget.available(), std::numeric_limits<std::uint32_t>::max());
    if (hidden <= static_cast<double>(room)) return true;
    (void)cx_.out_of_memory();
    return false;
}

void Reader::reset() {
    if (!cx_.local(progress_).is_nil()) cx_.set_local(progress_, Value::nil());
    if (cx_.local(slot_).is_string()) cx_.set_local(slot_, Value::nil());
}

Read Reader::convert(Value& out) {
    double d = 0;
    if (!cx_.to_number(cx_.local(slot_), d)) return cx_.unfinished() ? Read::NoBudget : Read::Nothing;
    out = Value::canonical(d);
    return Read::Item;
}

Read Reader::convert(const NumeralReader& numeral, std::string_view text, Value& out) {
    if (size() == 0) {
        double d = 0;
        if (!from_text(numeral.numeral(text), d)) return Read::Nothing;
        out = Value::canonical(d);
        return Read::Item;
    }
    if (!append(text)) return Read::Failed;
    const Value buffer = cx_.local(slot_);
    Value string = Value::nil();
    if (!cx_.buffer_resize(buffer, numeral.numeral(library(cx_).buffer_bytes(buffer)).size())) return Read::Failed;
    if (!cx_.finish(buffer, string)) return Read::Failed;
    cx_.set_local(slot_, string);
    return convert(out);
}

Read Reader::number(Value& out) {
    using Take = NumeralReader::Take;
    if (cx_.local(slot_).is_string()) return convert(out);
    if (__freadable(file_) == 0) return Read::Nothing;  // to fscanf that is no error of the stream
    const Value progress = cx_.local(progress_);
    NumeralReader numeral(progress.is_nil() ? 0 : static_cast<std::uint32_t>(progress.as_number()));
    char piece[kCharacters];
    for (;;) {
        std::size_t added = 0;
        for (std::size_t read = 0; read < sizeof piece; ++read) {
            const int c = std::getc(file_);
            error_ = errno;
            if (c == EOF) return convert(numeral, {piece, added}, out);
            const Take take = numeral.take(c);
            if (take == Take::Wrong) return Read::Nothing;
            if (take == Take::End) (void)std::ungetc(c, file_);
            if (take == Take::Add || take == Take::Last) piece[added++] = static_cast<char>(c);
            if (take == Take::End || take == Take::Last) return convert(numeral, {piece, added}, out);
        }
        if (added != 0 && !append({piece, added})) return Read::Failed;
        cx_.set_local_number(progress_, numeral.state());
        if (!cx_.charge(1 + sizeof piece / kCharactersAUnit)) return Read::NoBudget;
    }
}

Read Reader::line(Value& out) {
    char piece[kPiece];
    for (;;) {
        piece[kPiece - 1] = 1;
        const char* read = std::fgets(piece, sizeof piece, file_);
        error_ = errno;
        if (read == nullptr) return finish(out, size() > 0);
        const std::size_t n = std::strlen(piece);
        const bool ended = n > 0 && piece[n - 1] == '\n';
        if (ended && cx_.local(slot_).is_nil())  // the whole line at once
            return cx_.new_string({piece, n - 1}, out) ? Read::Item : Read::Failed;
        if (!append({piece, ended ? n - 1 : n})) return Read::Failed;
        if (ended) return finish(out, true);
        const std::size_t taken = piece[kPiece - 1] == 0 ? kPiece - 1 : n + 1;  // of the hidden ones at least one
        if (n < kPiece - 1 && !hide(taken - n)) return Read::Failed;
        if (!cx_.charge(1 + work_of_bytes(taken))) return Read::NoBudget;
    }
}

Read Reader::bytes(std::uint64_t count, bool everything, Value& out) {
    char piece[kPiece];
    for (;;) {
        const std::uint64_t missing = everything ? kPiece : count - size();
        const std::size_t want = missing < kPiece ? static_cast<std::size_t>(missing) : kPiece;
        const std::size_t got = std::fread(piece, 1, want, file_);
        error_ = errno;
        if (!append({piece, got})) return Read::Failed;
        const bool complete = !everything && size() == count;
        if (complete || got < want) return finish(out, everything || size() > 0);
        if (!cx_.charge(1 + work_of_bytes(got))) return Read::NoBudget;
    }
}

Read Reader::at_end(Value& out) {
    const int c = std::getc(file_);
    error_ = errno;
    if (c == EOF) return Read::Nothing;
    std::ungetc(c, file_);
    return cx_.new_string("", out) ? Read::Item : Read::Failed;
}

// Results take the place of the formats, argument by argument.
NativeResult read_items(NativeContext& cx, const Stream& stream, std::uint32_t first) {
    enum : std::uint32_t { kAt, kLine, kReader, kSlots = kReader + Reader::kSlots };
    std::uint32_t i = first;
    if (cx.state() == 0) {
        if (!cx.reserve(kSlots)) return cx.failed();
        std::clearerr(stream.file);
    } else {
        i = static_cast<std::uint32_t>(cx.local_number(kAt));
    }
    const bool no_formats = cx.arg_count() <= first;
    const std::uint32_t end = no_formats ? first + 1 : cx.arg_count();
    Reader reader(cx, stream.file, kReader);
    Read read = Read::Item;
    for (; i < end && read == Read::Item; ++i) {
        Value item = Value::nil();
        if (no_formats) {
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
        reader.reset();
        if (no_formats) {
            cx.set_local(kLine, item);
        } else {
            cx.set_arg(i, item);  // nil when the read failed
        }
    }
    if (std::ferror(stream.file) != 0) return io_result(cx, false, reader.error());
    if (no_formats) return cx.done(cx.local(kLine));
    cx.begin_results();
    for (std::uint32_t k = first; k < i; ++k) {
        if (!cx.push(cx.arg(k))) return cx.failed();
    }
    return cx.done_pushed();
}

// --- Writing --------------------------------------------------------------------------------------------------------

NativeResult write_items(NativeContext& cx, const Stream& stream, std::uint32_t first) {
    enum : std::uint32_t { kAt, kError, kSlots };
    constexpr std::uint64_t kSlice = 128;
    const std::uint32_t n = cx.arg_count();
    const bool resumed = cx.state() != 0;
    std::uint32_t i = resumed ? static_cast<std::uint32_t>(cx.local_number(kAt)) : first;
    int error = resumed ? static_cast<int>(cx.local_number(kError)) : 0;
    // The host's sink stands for standard output.
    const bool to_sink = stream.file == stdout && library(cx).machine().options().output;
    OutputBatch sink(cx);
    const auto write = [&](std::string_view bytes) {
        if (to_sink) return sink.add(bytes);
        if (error == 0 && std::fwrite(bytes.data(), 1, bytes.size(), stream.file) != bytes.size()) error = errno;
        return true;
    };
    std::uint64_t work = 0;
    for (; i < n; ++i) {
        if (work >= kSlice) {
            const bool left = cx.charge(work);
            work = 0;
            if (!left) {
                if (!sink.flush() || (!resumed && !cx.reserve(kSlots))) return cx.failed();
                cx.set_local_number(kAt, i);
                cx.set_local_number(kError, error);
                return cx.suspend(kContinue);
            }
        }
        ++work;
        if (const Value v = cx.arg(i); v.is_number()) {
            if (!write(NumberText(v.as_number()).view())) return cx.failed();
            continue;
        }
        std::string_view s;
        // What precedes a bad argument has been written; the check then records the error.
        if (!cx.arg(i).is_string() && !sink.flush()) return cx.failed();
        if (!cx.check_string(i, s) || !write(s)) return cx.failed();
        work += work_of_bytes(s.size());
    }
    if (work > 0) (void)cx.charge(work);
    return sink.flush() ? io_result(cx, error == 0, error) : cx.failed();
}

}  // namespace arenite::lib
