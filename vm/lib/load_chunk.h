// What natives that load chunks share: loading in slices, and from files.
#pragma once

#include <cstdint>
#include <optional>

#include <arenite/native.h>
#include "vm/chunk_loader.h"

namespace arenite::lib {

/// States of a native that loads, from its first one on. kAgain is that of an invocation that follows a collection for want
/// of memory (N4), and of those in which it goes on.
inline constexpr std::uint32_t kLoadGoOn = 0;
inline constexpr std::uint32_t kLoadAgain = 1;
inline constexpr std::uint32_t kLoadStates = 2;

/// Loads a chunk in slices. An answer is what the native has to return: it is invoked again in one of the states from `first`
/// on, and then has to call this with the same request. Without one, `function` is the chunk's; or it is nil, and the string
/// `message` says why, as failure() does.
[[nodiscard]] std::optional<NativeResult> load_chunk(NativeContext& cx, const ChunkRequest& request, Value subject,
                                                     std::uint32_t first, Value& function, Value& message);
/// Its second half: of an answer that there is.
[[nodiscard]] std::optional<NativeResult> accept_chunk(NativeContext& cx, ChunkAnswer& answer, std::uint32_t first,
                                                       Value& function, Value& message);
/// The same for other requests than for a function.
[[nodiscard]] std::optional<NativeResult> answer_chunk(NativeContext& cx, const ChunkRequest& request, Value subject,
                                                       std::uint32_t first, ChunkAnswer& answer);

/// Where a native that loads a file keeps what it needs: states from `state` on, and local slots from `slot` on, which are
/// nil at first.
struct FileLoad {
    static constexpr std::uint32_t kRead = 0;
    static constexpr std::uint32_t kLoad = 1;
    static constexpr std::uint32_t kStates = kLoad + kLoadStates;
    static constexpr std::uint32_t kBytes = 0;
    static constexpr std::uint32_t kName = 1;
    static constexpr std::uint32_t kSlots = 2;
    std::uint32_t state;
    std::uint32_t slot;
};
/// luaL_loadfile, in slices: the function of the chunk in a file; standard input when path is null. An answer is what the
/// native has to return, as by load_chunk(). Without one, `function` is the chunk's; or it is nil, and the string `message`
/// says why. What is read from a pipe is read once, so that it can be neither suspended nor restarted then.
[[nodiscard]] std::optional<NativeResult> load_file(NativeContext& cx, const char* path, FileLoad place,
                                                    Value& function, Value& message);

}  // namespace arenite::lib
