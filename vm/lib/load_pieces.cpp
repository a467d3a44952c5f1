// load (Lua 5.1 §5.1): a chunk that a function of the script gives piece by piece.
//
// PUC's lexer asks for a piece when it has used up the one before, in the middle of the parser, and neither an error nor a
// whole binary chunk is followed by another request. Our compiler cannot wait in its middle: it takes what there is so
// far, and says whether it came to the end of it.
//
// Invariants
//  LP1. A text is checked after each piece, from its first statement on that was cut off, and so is a binary chunk from
//       its beginning: then the reader has been asked exactly as often as by PUC. (Of the limits
//       on what a whole function may have, the main function's are found when the chunk is read to its end.)
//  LP2. What is checked again and again is bounded: kFreeRecheck bytes of one chunk, and then kRecheck times its size.
//       Beyond it pieces are collected until the chunk has grown enough. So a single statement (or a binary chunk) in
//       very many pieces is read on behind an error, by at most a third of its size.
//  LP3. The chunk itself is compiled once, whole, and gives the message.
#include <cstdint>
#include <string_view>

#include "vm/lib/lib.h"
#include "vm/vm.h"

namespace arenite::lib {
namespace {

constexpr double kFreeRecheck = 4.0 * 1024 * 1024;
constexpr double kRecheck = 4;

class PieceLoader {
public:
    explicit PieceLoader(NativeContext& cx) : cx_(cx) {}

    NativeResult run() {
        if (!cx_.opt_string(1, "=(load)", name_)) return cx_.failed();
        name_ = name_.substr(0, name_.find('\0'));
        if (cx_.state() == kStart) {
            if (!cx_.check_function(0)) return cx_.failed();
            Value buffer;
            if (!cx_.reserve(kSlots) || !cx_.new_buffer(buffer)) return cx_.failed();
            cx_.set_local(kBuffer, buffer);
            cx_.set_local_number(kChecked, 0);
            cx_.set_local_number(kUnfinished, 0);
            return ask(kFirstPiece);
        }
        if (cx_.state() == kCheck) return check();
        if (cx_.state() == kCompile) return compile();
        // As lua_load runs protected, an error of the reader is a result (luaB_load). Unlike there, the message handler of an
        // xpcall around load is not asked about it.
        cx_.restartable();
        Value piece = first_result(cx_);
        if (cx_.caught()) return cx_.done(Value::nil(), piece);
        if (piece.is_number() && !cx_.to_string(piece, piece)) return cx_.failed();
        if (!piece.is_nil() && !piece.is_string()) return refuse_piece();
        if (piece.is_nil() || cx_.string(piece).empty()) {
            // f_parser looks for the signature of bytecode, finds the end, and has the lexer read again.
            if (cx_.state() == kFirstPiece) return ask(kPiece);
            // Compiling cannot be suspended, so it is paid before it is done.
            return cx_.charge(bytes().size()) ? compile() : cx_.suspend(kCompile);
        }
        if (!cx_.append(cx_.local(kBuffer), cx_.string(piece))) return cx_.failed();
        if (!may_check()) return ask(kPiece);
        return check();
    }

private:
    /// kUnfinished: offset of the first statement that was cut off; kChecked: how many bytes have been checked, those
    /// checked again included.
    enum Slot : std::uint32_t { kBuffer, kUnfinished, kChecked, kSlots };
    /// kCheck: a piece is there, and is to be checked; kCompile: all are there.
    enum State : std::uint32_t { kStart, kFirstPiece, kPiece, kCheck, kCompile };

    NativeResult compile() {
        cx_.restartable_in(kCompile);
        return answer(cx_.vm().load(bytes(), name_, function_), kCompile);
    }
    NativeResult check() {
        cx_.restartable_in(kCheck);
        if (is_binary() || has_error()) {
            const bool loaded = cx_.vm().load_beginning(bytes(), name_, function_);
            if (loaded || cx_.vm().failure().kind != Failure::Kind::Incomplete) return answer(loaded, kCheck);
        }
        return ask(kPiece);
    }

    std::string_view bytes() const { return cx_.buffer_bytes(cx_.local(kBuffer)); }
    std::size_t unfinished() const { return static_cast<std::size_t>(cx_.local_number(kUnfinished)); }
    bool is_binary() const { return bytes().front() == '\x1b'; }

    NativeResult ask(State next) { return cx_.begin_call(cx_.arg(0)) ? cx_.call_pushed_catching(next) : cx_.failed(); }

    /// LP2; what may be checked is charged.
    bool may_check() {
        const std::size_t work = bytes().size() - unfinished();
        const double checked = cx_.local_number(kChecked) + static_cast<double>(work);
        if (checked > kFreeRecheck + kRecheck * static_cast<double>(bytes().size())) return false;
        cx_.set_local_number(kChecked, checked);
        (void)cx_.charge(work);
        return true;
    }

    bool has_error() {
        std::size_t cut_off = 0;
        if (cx_.vm().has_syntax_error(bytes().substr(unfinished()), cut_off)) return true;
        cx_.set_local_number(kUnfinished, static_cast<double>(unfinished() + cut_off));
        return false;
    }

    NativeResult answer(bool loaded, State state) {
        if (loaded) return cx_.done(function_);
        const Failure::Kind why = cx_.vm().failure().kind;
        if (why == Failure::Kind::Killed) return cx_.suspend(state);  // where the VM sees why
        if (why == Failure::Kind::Memory && cx_.may_restart()) return cx_.out_of_memory();
        return refuse(cx_.vm().failure().message);
    }
    NativeResult refuse(std::string_view why) {
        Value message;
        return cx_.new_string(why, message) ? cx_.done(Value::nil(), message) : cx_.failed();
    }
    /// luaL_error in generic_reader, whose position is that of load's caller.
    NativeResult refuse_piece() { return refuse(position(cx_, 1) + "reader function must return a string"); }

    NativeContext& cx_;
    std::string_view name_;
    Value function_ = Value::nil();
};

}  // namespace

NativeResult load_fn(NativeContext& cx) {
    return PieceLoader(cx).run();
}

}  // namespace arenite::lib
