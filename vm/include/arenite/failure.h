// How a run stands, and why it failed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <arenite/value.h>

namespace arenite {

enum class RunStatus : std::uint8_t {
    Finished,   ///< results() are there
    Suspended,  ///< out of budget: step() goes on
    Yielded,    ///< a yieldable run has yielded results(): resume() goes on
    Failed,     ///< error() says why
    Exited,     ///< the script asked to end the program: exit_code()
};

/// A failed run or load, as data that outlives the transaction.
struct Failure {
    enum class Kind : std::uint8_t {
        Runtime,     ///< an error of the script
        Syntax,      ///< of a chunk to load
        Memory,      ///< not enough memory
        Killed,      ///< by the host: kill() or interrupt(); of a chunk to load also: the deadline has passed
        Deadline,    ///< the deadline has passed
        WorkLimit,   ///< the work limit of its task is used up
        Incomplete,  ///< of the beginning of a chunk: no error so far, but no chunk either
    };
    Kind kind = Kind::Runtime;
    /// The error value when it is a string or number, else empty.
    std::string message;
    bool has_message = false;
    /// Type of the error value.
    LuaType type = LuaType::Nil;
    /// What debug.traceback would have said where the error was raised; after a message handler there are no levels. Of a
    /// message of more than 1 KiB it has the beginning.
    std::string traceback;

    /// Makes it one of these, with `text` as message. Where there is no memory for the text, it is one of memory.
    void set(Kind why, std::string_view text) noexcept;
};

}  // namespace arenite
