// K_GSUB: the step of a string.gsub whose function has answered (vm/lib/string_gsub.cpp). Adds the answer to the result,
// looks for the next match, and calls the function again, without the native. What is not plain is left to the native
// before anything is written: it does the whole step then.
#include <algorithm>

#include "vm/fast_call.h"
#include "vm/fast_match.h"
#include "vm/gsub_state.h"
#include "vm/interpreter.h"
#include "vm/lib/number_text.h"
#include "vm/pending.h"

namespace arenite {

using namespace gsub_state;

namespace {
constexpr std::int64_t kCost = 8;  ///< of a step: the call, and what it is made of

/// The bytes of a replacement; null data: the native finds out.
std::string_view replacement_text(const Heap& heap, Value v, std::string_view whole,
                                  char (&digits)[lib::kNumberTextMax]) {
    if (!v.truthy()) return whole;
    if (v.is_number()) return {digits, lib::to_text(v.as_number(), digits)};
    return heap.string(v);
}
}  // namespace

Next Interpreter::gsub_step(Vm& vm, Instruction) {
    Thread& t = *vm.thread_;
    Frame* const f = t.frame;
    --f->pc;  // back on the K_* instruction: it is this frame's identity
    const auto leave = [&] {
        leave_steps(vm);
        return vm.budget_ < 0 ? slow_budget(vm, ins::abcd(Op::K_NATIVE)) : resume_native(vm);
    };
    if (vm.budget_ < 0 || vm.heap_.pages.gc_due || f->count < 3) return leave();
    Value* const slots = f->base + f->count;
    Value* const call = slots + f->locals();
    const Value function = f->base[2];
    const auto* pattern = vm.heap_.get<ShortString>(f->base[1]);
    Buffer* const result = vm.heap_.get<Buffer>(slots[kResult]);
    std::int64_t limit = INT64_MAX;
    const Value wanted = f->count > 3 ? f->base[3] : Value::nil();
    const bool placed = slots[kPlace].is_number() && slots[kCopied].is_number() && slots[kCount].is_number();
    if (!placed || !pattern || !result || (!wanted.is_nil() && !small_integer(wanted, limit))) return leave();
    if (call + 1 + FastMatch::kCaptures > t.stack_limit || slots[kCount].as_number() >= static_cast<double>(limit)) {
        return leave();
    }

    const std::string_view subject = vm.heap_.string(f->base[0]);
    const auto start = static_cast<std::uint64_t>(slots[kCopied].as_number());
    const auto end = static_cast<std::uint64_t>(slots[kPlace].as_number());
    const std::uint64_t from = end == start ? end + 1 : end;
    if (start > end || from > subject.size()) return leave();
    FastMatch match;
    if (!match.open(vm.patterns(), f->base[1], pattern->view(), subject, true) || match.anchored()) return leave();
    if (match.search(from) != lib::MatchStatus::Matched) return leave();

    char digits[lib::kNumberTextMax];
    const std::string_view text = replacement_text(vm.heap_, call[0], subject.substr(start, end - start), digits);
    const std::string_view gap = subject.substr(end, match.start() - end);
    if (text.data() == nullptr || text.size() + gap.size() > FastMatch::kSteps) return leave();
    if (!vm.txn_.can_append(*result, text.size() + gap.size())) return leave();
    const std::uint32_t n = match.captures(vm.heap_, true, call + 1, 0);
    if (n == 0) {
        return leave();  // whose result is untouched
    }
    vm.txn_.append_in_place(*result, text);
    vm.txn_.append_in_place(*result, gap);
    vm.budget_ -= kCost + match.spent() + static_cast<std::int64_t>((text.size() + gap.size()) / 4);
    slots[kCopied] = Value::number(static_cast<double>(match.start()));
    slots[kPlace] = Value::number(static_cast<double>(match.end()));
    slots[kCount] = Value::number(slots[kCount].as_number() + 1);
    call[0] = function;
    if (Closure* const c = vm.heap_.get<Closure>(function)) return call_closure(vm, call, n, c, 0);
    return Interpreter::call(vm, call, n, From::Native);
}

}  // namespace arenite
