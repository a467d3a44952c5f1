// load (Lua 5.1 §5.1): a chunk that a function of the script gives piece by piece.
//
// PUC's lexer asks for a piece when it has used up the one before, in the middle of the parser, and neither an error
// nor a whole binary chunk is followed by another request. Our compiler can be suspended in its middle
// (vm/sliced_work.h), but not while a function of the script runs: it takes what there is so far, and says whether it
// came to the end of it.
//
// Invariants
//  LP1. A text is checked after each piece, from its first statement on that was cut off, and so is a binary chunk from
//       its beginning: then the reader has been asked exactly as often as by PUC. (Of the limits
//       on what a whole function may have, the main function's are found when the chunk is read to its end.)
//  LP2. What is checked again and again is bounded: kFreeRecheck bytes of one chunk, and then kRecheck times its size.
//       Beyond it pieces are collected until the chunk has grown enough. So a single statement (or a binary chunk) in
//       very many pieces is read on after an error, by at most a third of its size.
//  LP3. The chunk itself is compiled once, whole, and gives the message.
#include <cstdint>
#include <string>
#include <string_view>

#include "vm/lib/lib.h"
#include "vm/lib/load_chunk.h"
#include "vm/machine.h"

namespace arenite::lib {
namespace {

constexpr double kFreeRecheck = 4.0 * 1024 * 1024;
constexpr double kRecheck = 4;

class PieceLoader {
public:
    explicit PieceLoader(NativeContext& cx) : cx_(cx) {}

    NativeResult run() {
        std::string_view name;
        if (!cx_.opt_string(1, "", name)) return cx_.failed();
        if (cx_.state() == kStart) {
            if (!cx_.check_function(0)) return cx_.failed();
            Value buffer;
            if (!cx_.reserve(kSlots) || !cx_.new_buffer(buffer)) return cx_.failed();
            cx_.set_local(kBuffer, buffer);
            cx_.set_local_number(kChecked, 0);
            cx_.set_local_number(kUnfinished, 0);
            cx_.set_local_number(kTaken, 0);
            return ask(kFirstPiece);
        }
        if (cx_.state() == kAppend) return append();
        if (cx_.state() >= kBeginning) return load_beginning();
        if (cx_.state() >= kCheck) return check();
        if (cx_.state() >= kCompile) return compile();
        // As lua_load runs protected, an error of the reader is a result (luaB_load). Unlike there, the message handler
        // of an xpcall around load is not asked about it.
        cx_.restartable();
        Value piece = first_result(cx_);
        if (cx_.caught()) return cx_.done(Value::nil(), piece);
        if (piece.is_number() && !cx_.to_string(piece, piece)) return cx_.failed();
        if (!piece.is_nil() && !piece.is_string()) return refuse_piece();
        if (piece.is_nil() || cx_.string(piece).empty()) {
            // f_parser looks for the signature of bytecode, finds the end, and has the lexer read again.
            if (cx_.state() == kFirstPiece) return ask(kPiece);
            return compile();
        }
        cx_.set_local(kTakes, piece);
        cx_.set_local_number(kTaken, 0);
        return library(cx_).again(kAppend);
    }

private:
    /// Takes a piece, in slices.
    NativeResult append() {
        constexpr std::size_t kSlice = std::size_t{32} << 10;
        cx_.restartable();
        const std::string_view piece = cx_.string(cx_.local(kTakes));
        auto taken = static_cast<std::size_t>(cx_.local_number(kTaken));
        while (taken < piece.size()) {
            const std::string_view part = piece.substr(taken, kSlice);
            if (!cx_.append(cx_.local(kBuffer), part)) return cx_.failed();
            taken += part.size();
            cx_.set_local_number(kTaken, static_cast<double>(taken));
            if (!cx_.charge(work_of_fresh_bytes(part.size())) && taken < piece.size()) return cx_.suspend(kAppend);
        }
        cx_.set_local(kTakes, Value::nil());
        return may_check() ? check() : ask(kPiece);
    }

    /// kUnfinished: offset of the first statement that was cut off; kChecked: how many bytes have been checked, those
    /// checked again included; kTakes: the piece that is being taken, and kTaken: how much of it is.
    enum Slot : std::uint32_t { kBuffer, kUnfinished, kChecked, kTakes, kTaken, kSlots };
    /// kAppend: there is a piece. kCompile: all pieces are there. kCheck: one is there, and is to be checked;
    /// kBeginning: it may be the last. Each of these stands for those of load_chunk().
    enum State : std::uint32_t {
        kStart,
        kFirstPiece,
        kPiece,
        kAppend,
        kCompile,
        kCheck = kCompile + kLoadStates,
        kBeginning = kCheck + kLoadStates
    };

    NativeResult compile() {
        Value function;
        Value why;
        const Value buffer = cx_.local(kBuffer);
        if (const auto next = load_chunk(cx_, request(bytes()), buffer, kCompile, function, why)) return *next;
        return function.is_nil() ? cx_.done(Value::nil(), why) : cx_.done(function);
    }
    /// LP1.
    NativeResult check() {
        if (is_binary()) return load_beginning();
        ChunkRequest check = request(bytes().substr(unfinished()));
        check.part = compiler::SourcePart::Beginning;
        check.check_only = true;
        ChunkAnswer found;
        if (const auto next = answer_chunk(cx_, check, cx_.local(kBuffer), kCheck, found)) return *next;
        if (found.loaded || found.kind != Failure::Kind::Incomplete) return load_beginning();
        cx_.set_local_number(kUnfinished, static_cast<double>(unfinished() + found.unfinished));
        return ask(kPiece);
    }
    NativeResult load_beginning() {
        ChunkRequest beginning = request(bytes());
        beginning.part = compiler::SourcePart::Beginning;
        ChunkAnswer found;
        if (const auto next = answer_chunk(cx_, beginning, cx_.local(kBuffer), kBeginning, found)) return *next;
        if (!found.loaded && found.kind == Failure::Kind::Incomplete) return ask(kPiece);
        Value function;
        Value why;
        if (const auto next = accept_chunk(cx_, found, kBeginning, function, why)) return *next;
        return function.is_nil() ? cx_.done(Value::nil(), why) : cx_.done(function);
    }

    ChunkRequest request(std::string_view chunk) const {
        return {.bytes = chunk, .name = "=(load)", .name_value = cx_.arg(1)};
    }
    std::string_view bytes() const { return library(cx_).buffer_bytes(cx_.local(kBuffer)); }
    std::size_t unfinished() const { return static_cast<std::size_t>(cx_.local_number(kUnfinished)); }
    bool is_binary() const { return bytes().front() == '\x1b'; }

    NativeResult ask(State next) { return cx_.begin_call(cx_.arg(0)) ? cx_.call_pushed_catching(next) : cx_.failed(); }

    /// LP2; what may be checked is charged.
    bool may_check() {
        const std::size_t work = bytes().size() - unfinished();
        const double checked = cx_.local_number(kChecked) + static_cast<double>(work);
        if (checked > kFreeRecheck + kRecheck * static_cast<double>(bytes().size())) return false;
        cx_.set_local_number(kChecked, checked);
        return true;
    }

    /// luaL_error in generic_reader, whose position is that of load's caller.
    NativeResult refuse_piece() {
        Value message;
        const std::string why = position(cx_, 1) + "reader function must return a string";
        return cx_.new_string(why, message) ? cx_.done(Value::nil(), message) : cx_.failed();
    }

    NativeContext& cx_;
};

}  // namespace

NativeResult load_fn(NativeContext& cx) {
    return PieceLoader(cx).run();
}

}  // namespace arenite::lib
