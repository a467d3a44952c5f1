// How the calls that begin and end transactions answer.
#pragma once

#include <cstdint>

namespace arenite {

enum class TxnStatus : std::uint8_t {
    Ok,
    NotActive,
    OutOfMemory,
    BadSavepoint,
    Busy,  ///< the machine runs (X11)
};

/// What commit() does with objects that nothing refers to.
enum class CommitMode : std::uint8_t {
    Keep,              ///< they stay until a collection finds them
    ReleaseUnescaped,  ///< released at once if nothing made in the transaction has escaped (Vm::commit)
};

}  // namespace arenite
