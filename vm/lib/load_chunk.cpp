#include "vm/lib/load_chunk.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "vm/lib/lib.h"
#include "vm/machine.h"

namespace arenite::lib {

namespace {
/// Memory was out (N4): the native is invoked again after a collection, once.
std::optional<NativeResult> try_again(NativeContext& cx, std::uint32_t first) {
    if (cx.state() == first + kLoadAgain) return std::nullopt;
    cx.restartable_in(first + kLoadAgain);
    if (!cx.may_restart()) return std::nullopt;
    return cx.out_of_memory();
}
}  // namespace

std::optional<NativeResult> answer_chunk(NativeContext& cx, const ChunkRequest& request, Value subject,
                                         std::uint32_t first, ChunkAnswer& answer) {
    const std::uint32_t state = cx.state() == first + kLoadAgain ? cx.state() : first + kLoadGoOn;
    if (!library(cx).machine().load_resumable(request, subject, answer)) return cx.suspend(state);
    if (answer.loaded) return std::nullopt;
    if (answer.kind == Failure::Kind::Killed) return cx.suspend(state);  // where the VM sees why
    return answer.kind == Failure::Kind::Memory ? try_again(cx, first) : std::nullopt;
}

std::optional<NativeResult> load_chunk(NativeContext& cx, const ChunkRequest& request, Value subject,
                                       std::uint32_t first, Value& function, Value& message) {
    ChunkAnswer answer;
    if (auto next = answer_chunk(cx, request, subject, first, answer)) return next;
    return accept_chunk(cx, answer, first, function, message);
}

std::optional<NativeResult> accept_chunk(NativeContext& cx, ChunkAnswer& answer, std::uint32_t first, Value& function,
                                         Value& message) {
    function = Value::nil();
    message = answer.text;
    if (library(cx).machine().accept(answer, function)) return std::nullopt;
    if (library(cx).machine().failure().kind == Failure::Kind::Memory) {  // there may be no room for the message
        if (auto next = try_again(cx, first)) return next;
        message = Value::nil();
    }
    if (message.is_nil() && !cx.new_string(library(cx).machine().failure().message, message)) return cx.failed();
    return std::nullopt;
}

namespace {
/// luaL_loadfile's reading into a buffer, in slices.
class FileReader {
public:
    enum class Status : std::uint8_t {
        Read,
        NotYet,  ///< the budget is used up
        Failed,  ///< the message says why
        Raised,  ///< an error is recorded
    };

    FileReader(NativeContext& cx, const char* path, Value bytes) : cx_(cx), path_(path), bytes_(bytes) {}

    Status run(Value& message) {
        stream_ = path_ ? std::fopen(path_, "rb") : stdin;
        if (!stream_) return fail("open", message);
        // A file is opened again for each slice. What is read from a pipe is gone, so it is read in one piece, and the
        // native cannot be invoked again for it (N4).
        const std::size_t size = path_ ? size_of(stream_) : 0;
        const std::size_t done = library(cx_).buffer_bytes(bytes_).size();
        const bool again = size != 0 && done != 0;
        const bool in_slices = size != 0 || !path_;
        if (size == 0) cx_.not_restartable();
        errno = 0;
        Status status = Status::Raised;
        if (again && std::fseek(stream_, static_cast<long>(done), SEEK_SET) != 0) {
            status = fail("read", message);
        } else if (again || cx_.buffer_reserve(bytes_, size)) {
            status = read(in_slices, message);
        }
        if (path_) (void)std::fclose(stream_);
        return status;
    }

private:
    /// Bytes of a file that can be read once more; 0 for a pipe, a terminal and the like.
    static std::size_t size_of(std::FILE* stream) {
        struct stat s;
        return fstat(fileno(stream), &s) == 0 && S_ISREG(s.st_mode) ? static_cast<std::size_t>(s.st_size) : 0;
    }
    Status fail(const char* what, Value& message) const {
        const int why = errno;
        const char* const name = path_ ? path_ : "stdin";
        return cx_.join("cannot ", {what, " ", name, ": ", std::strerror(why)}, message) ? Status::Failed
                                                                                         : Status::Raised;
    }
    /// Everything that is left in the stream, as far as memory and the budget go.
    Status read(bool in_slices, Value& message) const {
        char piece[16384];
        for (;;) {
            const std::size_t got = std::fread(piece, 1, sizeof piece, stream_);
            if (!cx_.append(bytes_, {piece, got})) return Status::Raised;
            if (got < sizeof piece) {
                if (std::ferror(stream_) == 0) return Status::Read;
                if (errno == 0) errno = EIO;
                return fail("read", message);
            }
            const bool goes_on = cx_.charge(work_of_fresh_bytes(got));
            if (!goes_on && in_slices) return Status::NotYet;
        }
    }

    NativeContext& cx_;
    const char* path_;
    Value bytes_;
    std::FILE* stream_ = nullptr;
};

/// What is compiled of a file: without a first line that starts with '#', and in front of bytecode without anything.
std::string_view chunk_of(std::string_view bytes, bool may_be_binary) {
    if (!bytes.starts_with('#')) return bytes;
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const bool binary = may_be_binary && bytes.substr(end, 2) == "\n\x1b";
    return bytes.substr(binary ? end + 1 : end);  // the newline stays: line numbers hold
}
}  // namespace

std::optional<NativeResult> load_file(NativeContext& cx, const char* path, FileLoad place, Value& function,
                                      Value& message) {
    function = message = Value::nil();
    const std::uint32_t bytes_slot = place.slot + FileLoad::kBytes;
    const std::uint32_t name_slot = place.slot + FileLoad::kName;
    const std::uint32_t load_state = place.state + FileLoad::kLoad;
    const bool loading = cx.state() >= load_state && cx.state() < load_state + kLoadStates;
    if (cx.local(name_slot).is_nil()) {
        Value bytes = Value::nil();
        Value name = Value::nil();
        if (!cx.new_buffer(bytes) || !cx.join(path ? "@" : "=", {path ? path : "stdin"}, name)) return cx.failed();
        cx.set_local(bytes_slot, bytes);
        cx.set_local(name_slot, name);
    }
    const Value bytes = cx.local(bytes_slot);
    if (!loading) {
        switch (FileReader(cx, path, bytes).run(message)) {
            case FileReader::Status::Read: break;
            case FileReader::Status::NotYet: return cx.suspend(place.state + FileLoad::kRead);
            case FileReader::Status::Failed: return std::nullopt;
            case FileReader::Status::Raised:
                // A long message is made in slices: after the name, which is there.
                return cx.unfinished() ? library(cx).failed_in(place.state + FileLoad::kRead) : cx.failed();
        }
    }
    const ChunkRequest request{.bytes = chunk_of(library(cx).buffer_bytes(bytes), path != nullptr),
                               .name_value = cx.local(name_slot)};
    if (auto next = load_chunk(cx, request, bytes, load_state, function, message)) return next;
    library(cx).buffer_free(bytes);
    return std::nullopt;
}

}  // namespace arenite::lib
