// LibraryContext: what the engine's own natives can do beside what those of hosts can (arenite/native.h), among it what
// works on slices, and what the interpreter does with the context of a call. Each NativeContext is one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include <arenite/native.h>
#include "arena/checks.h"
#include "heap/thread.h"
#include "vm/fast_natives.h"

namespace arenite {

class Heap;
class LibraryBuilder;
class Transaction;
enum class TableStatus : std::uint8_t;
enum class TxnStatus : std::uint8_t;
struct Level;

class LibraryContext final : public NativeContext {
public:
    /// Of the first invocation of a native; the second: of a later one, with so many results of what it has asked for.
    LibraryContext(Machine& machine, const Frame& frame) {
        machine_ = &machine;
        base_ = frame.base;
        nargs_ = frame.count;
        self_ = frame.base[-1];
    }
    LibraryContext(Machine& machine, const Frame& frame, std::uint32_t results) : LibraryContext(machine, frame) {
        nlocals_ = frame.locals();
        state_ = frame.state();
        nresults_ = results;
        caught_ = (frame.info & Frame::kCaught) != 0;
        restarted_ = (frame.info & Frame::kRestarted) != 0;
    }
    LibraryContext(const LibraryContext&) = delete;
    LibraryContext& operator=(const LibraryContext&) = delete;

    [[nodiscard]] Machine& machine() const { return *machine_; }
    /// What views are made of (heap/payload_view.h).
    [[nodiscard]] Heap& heap() const;
    [[nodiscard]] Transaction& txn() const;

    // --- Requests. --------------------------------------------------------------------------------------------------
    /// call_with() for table.sort: the interpreter goes on with the scan itself when `f` has answered (K_SORT), and
    /// invokes the native in `next_state`, or that of the scan it is in by then, with one result, for all that it
    /// cannot do.
    NativeResult call_sort(std::uint32_t next_state, Value f, Value a, Value b) {
        NativeResult r = call_with(next_state, f, a, b);
        r.kind = NativeResult::Sort;
        return r;
    }
    /// call_pushed() for string.gsub: what the function gives is added by the interpreter (K_GSUB), which invokes the
    /// native in the same state, with one result, for all that it cannot do.
    NativeResult call_gsub(std::uint32_t next_state) {
        NativeResult r = call_pushed(next_state);
        r.kind = NativeResult::Gsub;
        return r;
    }
    /// Protected calls and coroutines (vm/lib/base_vm.cpp, vm/lib/coroutine_lib.cpp).
    NativeResult protected_call(bool with_message_handler);
    NativeResult resume(Value thread, std::uint32_t first_arg, bool wrapped);
    /// Invoke again in next_state, from the loop: what the native has done changes how the loop goes on (hooks).
    NativeResult again(std::uint32_t next_state);
    /// failed() when all that counts has been saved: what a slice has not finished, or memory was out for (N4), is done
    /// again in another state.
    NativeResult failed_in(std::uint32_t state);

    // --- Objects. ---------------------------------------------------------------------------------------------------
    /// One with a way of its own through the interpreter (vm/fast_natives.def).
    [[nodiscard]] bool new_fast_native(NativeFn fn, std::string_view name, std::initializer_list<Value> upvalues,
                                       FastNative fast, Value& out);
    // ..._resumable: the same in slices, where the work grows with the table or a string. A false answer may also mean
    // that the budget is used up (unfinished()).
    [[nodiscard]] bool raw_set_resumable(Handle<Table> t, Value key, Value v) ARENITE_MOVES_PAYLOADS;
    /// Room for `size` elements in the array part.
    [[nodiscard]] bool reserve_array_resumable(Handle<Table> t, std::uint32_t size) ARENITE_MOVES_PAYLOADS;
    /// Makes an old table as writable as a new one (Transaction::move_resumable): for those that will write to most of
    /// it.
    [[nodiscard]] bool move_resumable(Handle<Table> t) ARENITE_MOVES_PAYLOADS;
    [[nodiscard]] bool raw_equal_resumable(Value a, Value b, bool& out);
    [[nodiscard]] bool next_resumable(Handle<Table> t, Value& key, Value& value, bool& out_more);
    /// The level-th level of a stack (vm/levels.h).
    [[nodiscard]] bool level_resumable(const Thread& t, std::int64_t level, Level& out);
    /// Makes a lookup of `key` cheap, if it is a long string.
    [[nodiscard]] bool settle_key(Handle<Table> t, Value& key);
    [[nodiscard]] bool length_resumable(Handle<Table> t, std::uint32_t& out);  ///< a border, as lua_objlen gives it

    // --- Byte buffers. ----------------------------------------------------------------------------------------------
    /// The bytes of a buffer that nothing is appended to any more: what is loaded, over slices.
    [[nodiscard]] std::string_view buffer_bytes(Value buffer) const;
    /// The bytes of a buffer, to be written (vm/buffer_bytes.h). Null: the error is recorded.
    [[nodiscard]] char* writable_bytes(Value buffer) ARENITE_MOVES_PAYLOADS;
    /// Copies `count` bytes of a buffer into another, both of which have them.
    [[nodiscard]] bool copy_bytes(Value to, std::size_t at, Value from, std::size_t begin,
                                  std::size_t count) ARENITE_MOVES_PAYLOADS;
    /// Bytes that may be appended without moving.
    [[nodiscard]] std::size_t buffer_room(Value buffer) const;
    /// Empties it and gives its memory back if that can be.
    void buffer_free(Value buffer) ARENITE_MOVES_PAYLOADS;
    /// Makes it `size` bytes of no particular value, all of which the native then writes.
    [[nodiscard]] bool buffer_assign_unset(Value buffer, std::size_t size) ARENITE_MOVES_PAYLOADS;

    // --- For the interpreter, and the members of both classes. ------------------------------------------------------
    /// What the native asks for, or the error that its values are.
    [[nodiscard]] NativeResult checked(NativeResult r);
    /// What has become of an exception that left the native; throws it again if that is the host's business (N6).
    [[gnu::cold]] NativeResult caught_exception();
    /// N5. `what` is a constant.
    [[nodiscard, gnu::cold]] bool misuse(const char* what);
    /// N7; without checks always true. False: the error is recorded.
    [[nodiscard]] bool may_hand_out(Value v) { return !kChecks || is_known(v); }
    /// Whether it was Ok. If not, the error is recorded, or that it is unfinished.
    [[nodiscard]] bool is_set(TableStatus status);
    [[nodiscard]] bool is_ok(TxnStatus status);

private:
    [[nodiscard]] bool is_known(Value v);
};

/// The whole context of a native, for the engine's own.
[[nodiscard]] inline LibraryContext& library(NativeContext& cx) {
    return static_cast<LibraryContext&>(cx);
}
[[nodiscard]] inline const LibraryContext& library(const NativeContext& cx) {
    return static_cast<const LibraryContext&>(cx);
}

/// LibraryBuilder::function() of a native with a way of its own through the interpreter (vm/fast_natives.def).
void fast_function(LibraryBuilder& builder, std::string_view name, NativeFn fn, FastNative fast);

}  // namespace arenite
