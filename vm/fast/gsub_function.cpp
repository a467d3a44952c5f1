// string.gsub with a function, without its native (vm/lib/string_gsub.cpp): fast_Gsub searches and calls the function, and
// K_GSUB, when that has answered, adds the answer to the result, searches on and calls it again, or ends.
//
// The frame and its local slots are the native's (vm/gsub_state.h). What is not plain is left to it before anything is
// written: then it begins, or does the whole step.
#include <algorithm>

#include "heap/number_text.h"
#include "vm/fast/fast_call.h"
#include "vm/fast/fast_match.h"
#include "vm/gsub_state.h"
#include "vm/machine.h"
#include "vm/pending.h"

namespace arenite {

using namespace gsub_state;

namespace {

constexpr std::int64_t kCost = 8;      ///< of a step: the call, and what it is made of
constexpr std::size_t kPieces = 2000;  ///< bytes added in a step
constexpr std::size_t kFirst = 128;    ///< bytes that the result has room for, beside those of the subject
constexpr std::size_t kSubject = std::size_t{1} << 14;  ///< bytes of a subject that the result has room for at once

/// The bytes of a replacement; null data: the native finds out.
std::string_view replacement_text(const Heap& heap, Value v, std::string_view whole,
                                  char (&digits)[lib::kNumberTextMax]) {
    if (!v.truthy()) return whole;
    if (v.is_number()) return {digits, lib::to_text(v.as_number(), digits)};
    return heap.string(v);
}

/// Positions are small: signed conversions are shorter.
std::uint64_t to_position(Value v) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(v.as_number()));
}
void keep_place(Value* slots, std::uint64_t start, std::uint64_t end, double count) {
    slots[kCopied] = Value::number(static_cast<double>(static_cast<std::int64_t>(start)));
    slots[kPlace] = Value::number(static_cast<double>(static_cast<std::int64_t>(end)));
    slots[kCount] = Value::number(count);
}

}  // namespace

Next Machine::gsub_with_function(Instruction w, const FastCall& call) {
    Thread& t = *thread_;
    const auto* pattern = heap_.get<ShortString>(call.args[1]);
    const std::string_view subject = heap_.string(call.args[0]);
    FastMatch match;
    if (!pattern || !match.open(patterns(), call.args[1], pattern->view(), subject, true)) return call_after_charge(w);
    const lib::MatchStatus status = match.search(0);
    if (status == lib::MatchStatus::Failed) {
        budget_ -= match.spent();
        const Value values[2] = {call.args[0], Value::number(0)};
        return call.hand_out(t, values, 2);
    }
    const std::string_view gap = subject.substr(0, match.start());
    if (status != lib::MatchStatus::Matched || subject.size() > kSubject || gap.size() > kPieces) {
        return call_after_charge(w);
    }
    Value* const slots = call.args + call.count;
    if (slots + kSlots + 1 + FastMatch::kCaptures > t.stack_limit) return call_after_charge(w);
    Value* const callee = slots + kSlots;
    const std::uint32_t n = match.captures(heap_, true, callee + 1, 0);
    const Handle<Buffer> made = n != 0 ? ObjectFactory::make_buffer(heap_) : Handle<Buffer>{};
    Buffer* const result = heap_.get(made);
    if (!result || txn_.reserve(*result, subject.size() + kFirst) != TxnStatus::Ok) return call_after_charge(w);
    const auto room = txn_.writable(*result);
    if (!room) return call_after_charge(w);
    if (!push_native(call.slot, call.count, pending::kGsub, 0)) return raise_pending();
    t.frame->info = Frame::native_info(kSlots, kCalled);
    for (std::uint32_t i = 0; i < kSlots; ++i) slots[i] = Value::nil();
    keep_place(slots, match.start(), match.end(), 1);
    slots[kExpanded] = Value::number(0);
    slots[kResult] = Value::object(made);
    room->append(gap);
    budget_ -= kCost + match.spent() + static_cast<std::int64_t>(gap.size() / 4);
    *callee = call.args[2];
    return Machine::call(callee, n, From::Native);
}

Next Machine::gsub_step(Instruction) {
    Thread& t = *thread_;
    Frame* const f = t.frame;
    --f->pc;  // back on the K_* instruction: it is this frame's identity
    const auto leave = [&] {
        leave_steps();
        return budget_ < 0 ? slow_budget(ins::abcd(Op::K_NATIVE)) : resume_native();
    };
    if (budget_ < 0 || heap_.pacing().gc_due || f->count < 3) return leave();
    Value* const slots = f->base + f->count;
    Value* const callee = slots + f->locals();
    const Value function = f->base[2];
    const auto* pattern = heap_.get<ShortString>(f->base[1]);
    Buffer* const result = heap_.get<Buffer>(slots[kResult]);
    std::int64_t limit = INT64_MAX;
    const Value wanted = f->count > 3 ? f->base[3] : Value::nil();
    const bool placed = slots[kPlace].is_number() && slots[kCopied].is_number() && slots[kCount].is_number();
    if (!placed || !pattern || !result || (!wanted.is_nil() && !small_integer(wanted, limit))) return leave();
    const double count = slots[kCount].as_number();
    if (callee + 1 + FastMatch::kCaptures > t.stack_limit || count >= static_cast<double>(limit)) return leave();

    const std::string_view subject = heap_.string(f->base[0]);
    const std::uint64_t start = to_position(slots[kCopied]);
    const std::uint64_t end = to_position(slots[kPlace]);
    if (start > end || end > subject.size()) return leave();
    FastMatch match;
    if (!match.open(patterns(), f->base[1], pattern->view(), subject, true)) return leave();
    char digits[lib::kNumberTextMax];
    const std::string_view text = replacement_text(heap_, callee[0], subject.substr(start, end - start), digits);
    if (text.data() == nullptr || text.size() > kPieces) return leave();
    const std::uint64_t from = end == start ? end + 1 : end;
    const bool over = from > subject.size() || match.anchored();
    const lib::MatchStatus status = over ? lib::MatchStatus::Failed : match.search(from);
    const std::int64_t cost = kCost + match.spent();

    if (status == lib::MatchStatus::Failed) {
        SmallText all;
        if (!slots[kSegments].is_nil() || !all.add(result->view()) || !all.add(text) || !all.add(subject.substr(end))) {
            return leave();
        }
        const Value values[2] = {ObjectFactory::make_string(heap_, all.view()), slots[kCount]};
        if (values[0].is_nil()) return leave();
        budget_ -= cost + static_cast<std::int64_t>(all.view().size() / 4);
        txn_.free_data(*result);
        return finish_call(f->base - 1, values, 2);
    }

    if (status != lib::MatchStatus::Matched) return leave();
    const std::string_view gap = subject.substr(end, match.start() - end);
    const auto room = txn_.writable(*result);
    if (gap.size() > kPieces || !room || !room->has_room(text.size() + gap.size())) return leave();
    const std::uint32_t n = match.captures(heap_, true, callee + 1, 0);
    if (n == 0) return leave();  // for which callee[0] is as it was
    room->append(text);
    room->append(gap);
    budget_ -= cost + static_cast<std::int64_t>((text.size() + gap.size()) / 4);
    keep_place(slots, match.start(), match.end(), count + 1);
    callee[0] = function;
    if (Closure* const c = heap_.get<Closure>(function)) return call_closure(callee, n, c, 0);
    return Machine::call(callee, n, From::Native);
}

}  // namespace arenite
