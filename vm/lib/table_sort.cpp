// table.sort (Lua 5.1 §5.5): the quicksort of PUC Lua 5.1's ltablib.c as a resumable state machine.
//
// The sequence of comparisons and writes is that of the reference: median of three, pivot parked at [high - 1], two
// scans towards each other, the smaller half first. So the order of equal elements, what an inconsistent comparator
// yields, and the place of "invalid order function for sorting" are the same.
//
// Invariants
//  SO1. A phase is one comparison waiting for its answer; all else (current elements, scan positions, ranges to do) is
//      in local slots whenever a request is returned.
//  SO2. Current elements are the ones read before the comparison: a comparator that changes the table does not change
//      what is written back.
//  SO3. A range that waits is at least as large as the one worked on, so at most 32 wait.
//  SO4. A step of a scan that only reads and writes slots of a plain array part is done by the interpreter (K_SORT),
//      which finds all it needs in the local slots and leaves it there in the same way.
//  SO5. A comparator may have shortened the array part below the range that is sorted. Then elements go to the hash
//      part, by raw_set(), which may replace both parts: no view of them is kept over a write (heap/payload_view.h).
#include <bit>
#include <cstdint>
#include <utility>

#include "txn/payload_slots.h"
#include "vm/lib/lib.h"
#include "vm/machine.h"
#include "vm/sort_state.h"

namespace arenite::lib {
namespace {

using namespace sort_state;

/// Added to the phase: budget ran out before the comparison.
constexpr std::uint32_t kSuspended = 8;

/// Comparisons between two charges when no comparator is called.
constexpr std::uint32_t kBatch = 64;
/// The same within a scan over elements of one type.
constexpr std::uint32_t kScanBatch = 256;

/// The natural order relative to a number; false for anything that is no number (a boxed value is a NaN).
class NumberOrder {
public:
    explicit NumberOrder(double pivot) : pivot_(pivot) {}
    [[nodiscard]] bool below(Value v) const { return v.as_number() < pivot_; }
    [[nodiscard]] bool above(Value v) const { return pivot_ < v.as_number(); }
    /// Whether the two answers hold for this value.
    [[nodiscard]] static bool knows(Value v) { return v.is_number(); }

private:
    double pivot_;
};

/// The natural order relative to a short string; false for anything else.
class ShortStringOrder {
public:
    ShortStringOrder(const Heap& heap, const ShortString& pivot) : heap_(heap), pivot_(pivot) {}
    [[nodiscard]] bool below(Value v) const {
        const ShortString* s = heap_.get<ShortString>(v);
        return s && ShortString::less(*s, pivot_);
    }
    [[nodiscard]] bool above(Value v) const {
        const ShortString* s = heap_.get<ShortString>(v);
        return s && ShortString::less(pivot_, *s);
    }
    [[nodiscard]] bool knows(Value v) const { return heap_.get<ShortString>(v) != nullptr; }

private:
    const Heap& heap_;
    const ShortString& pivot_;
};

class Sorter {
public:
    Sorter(NativeContext& cx, Handle<Table> table)
        : cx_(cx),
          table_(table),
          comparator_(cx.arg(1)),
          natural_(comparator_.is_nil()),
          heap_(library(cx).machine().heap()),
          txn_(library(cx).machine().txn()) {}

    /// First invocation, over [1, n].
    NativeResult start(std::int64_t n) {
        low_ = 1;
        high_ = n;
        waiting_ = 0;
        if (!open_range()) return cx_.done();
        return run(false);
    }

    /// Later invocations.
    NativeResult resume() {
        load();
        const std::uint32_t state = cx_.state();
        if (state >= kSuspended) {
            phase_ = static_cast<Phase>(state - kSuspended);
            return run(true);
        }
        phase_ = static_cast<Phase>(state);
        if (!advance(first_result(cx_).truthy())) return result_;
        return run(false);
    }

private:
    enum class Answer { No, Yes, Requested };

    /// Compares and advances until done; `charged` when the first comparison has been paid for.
    NativeResult run(bool charged) {
        for (;;) {
            if (natural_ && phase_ >= kScanUp) scan_plain();
            if (!charged && !pay()) {
                save();
                return cx_.suspend(phase_ + kSuspended);
            }
            charged = false;
            const Answer answer = compare();
            if (answer == Answer::Requested) return result_;
            if (!advance(answer == Answer::Yes)) return result_;
        }
    }

    /// Charges: every comparison with a comparator, in batches otherwise.
    bool pay() {
        ++unpaid_;
        if (natural_ && unpaid_ < kBatch) return true;
        const std::uint32_t due = unpaid_;
        unpaid_ = 0;
        return cx_.charge(due);
    }

    /// The comparison of the current phase.
    Answer compare() {
        Value x = right_;
        Value y = left_;
        switch (phase_) {
            case kHighLow:
            case kHighMiddle: break;
            case kMiddleLow: x = left_, y = right_; break;
            case kScanUp: x = left_, y = pivot_; break;
            case kScanDown: x = pivot_, y = right_; break;
        }
        if (!natural_) return request(call_comparator(x, y));
        bool less = false;
        if (plain_less(x, y, less)) return less ? Answer::Yes : Answer::No;
        const OperationAnswer a = cx_.less_than(x, y);
        switch (a.kind) {
            case OperationAnswer::Ready: return a.value.truthy() ? Answer::Yes : Answer::No;
            case OperationAnswer::NeedsCall: return request(cx_.call_with(phase_, a.value, x, y));
            case OperationAnswer::Failed: break;
        }
        result_ = cx_.failed();
        return Answer::Requested;
    }

    /// K_SORT does the steps of a scan over slots that it may write to.
    NativeResult call_comparator(Value x, Value y) {
        const bool scans = phase_ >= kScanUp && comparator_.is<Closure>() && has_slots();
        return scans ? library(cx_).call_sort(phase_, comparator_, x, y) : cx_.call_with(phase_, comparator_, x, y);
    }

    Answer request(NativeResult r) {
        if (unpaid_ > 0) (void)cx_.charge(unpaid_);
        save();
        result_ = r;
        return Answer::Requested;
    }

    /// x < y for two numbers or two strings, which have no metamethods; false when they are neither.
    bool plain_less(Value x, Value y, bool& less) const {
        if (x.is_number() && y.is_number()) {
            less = x.as_number() < y.as_number();
            return true;
        }
        if (x.is_string() && y.is_string()) {
            const ShortString* a = heap_.get<ShortString>(x);
            const ShortString* b = heap_.get<ShortString>(y);
            less = a && b ? ShortString::less(*a, *b) : cx_.string(x) < cx_.string(y);
            return true;
        }
        return false;
    }

    /// Makes the comparisons of the scans while the elements have the pivot's type and no charge is due. Stops before a
    /// comparison, like everything else.
    void scan_plain() {
        const ArraySlots slots(txn_, heap_, table_);
        if (low_ < 1 || high_ > static_cast<std::int64_t>(slots.size())) return;
        if (pivot_.is_number()) {
            scan_plain(slots, NumberOrder(pivot_.as_number()));
        } else if (const ShortString* s = heap_.get<ShortString>(pivot_)) {
            scan_plain(slots, ShortStringOrder(heap_, *s));
        }
    }
    template <class Order>
    void scan_plain(const ArraySlots& slots, const Order order) {
        const auto a = [&](std::int64_t i) -> Value& { return slots[static_cast<std::size_t>(i - 1)]; };
        const std::int64_t low = low_;
        const std::int64_t high = high_;
        std::int64_t up = up_;
        std::int64_t down = down_;
        Value left = left_;
        Value right = right_;
        Phase phase = phase_;
        std::uint32_t work = 0;
        const auto scan = [&] {
            for (;;) {
                if (phase == kScanUp) {
                    for (; order.below(left); ++work) {
                        if (up >= high || work >= kScanBatch) return;
                        left = a(++up);
                    }
                    if (down <= low || !order.knows(left)) return;
                    right = a(--down);
                    phase = kScanDown;
                    ++work;
                }
                for (; order.above(right); ++work) {
                    if (down <= low || work >= kScanBatch) return;
                    right = a(--down);
                }
                if (down < up || up >= high || work >= kScanBatch || !order.knows(right)) return;
                a(up) = right;
                a(down) = left;
                left = a(++up);
                phase = kScanUp;
                ++work;
            }
        };
        scan();
        up_ = up;
        down_ = down;
        left_ = left;
        right_ = right;
        phase_ = phase;
        unpaid_ += work;
    }

    /// Acts on the answer of the current phase up to the next comparison. False: finished or failed (result_).
    bool advance(bool less) {
        switch (phase_) {
            case kHighLow:
                if (less && !set_both(low_, right_, high_, left_)) return fail();
                if (high_ - low_ == 1) return next_range();
                up_ = (low_ + high_) / 2;  // the middle
                get_both(up_, left_, low_, right_);
                phase_ = kMiddleLow;
                return true;
            case kMiddleLow:
                if (less) {
                    if (!set_both(up_, right_, low_, left_)) return fail();
                    return take_pivot();
                }
                right_ = get(high_);
                phase_ = kHighMiddle;
                return true;
            case kHighMiddle:
                if (less && !set_both(up_, right_, high_, left_)) return fail();
                return take_pivot();
            case kScanUp: return scan_up(less);
            case kScanDown: return scan_down(less);
        }
        return fail();
    }

    /// a[low] <= pivot <= a[high]; the pivot goes to [high - 1], and [low + 1, high - 2] is left to partition.
    bool take_pivot() {
        if (high_ - low_ == 2) return next_range();
        pivot_ = get(up_);
        cx_.set_local(kPivot, pivot_);
        if (!exchange(up_, high_ - 1)) return fail();
        up_ = low_;
        down_ = high_ - 1;
        return begin_scan_up();
    }

    bool begin_scan_up() {
        left_ = get(++up_);
        phase_ = kScanUp;
        return true;
    }

    /// Repeats ++up until a[up] >= pivot.
    bool scan_up(bool less) {
        if (!less) return begin_scan_down();
        if (up_ > high_) return invalid_order();
        return begin_scan_up();
    }

    bool begin_scan_down() {
        right_ = get(--down_);
        phase_ = kScanDown;
        return true;
    }

    /// Repeats --down until a[down] <= pivot.
    bool scan_down(bool less) {
        if (less) {
            if (down_ < low_) return invalid_order();
            return begin_scan_down();
        }
        if (down_ < up_) return split();
        if (!set_both(up_, right_, down_, left_)) return fail();
        return begin_scan_up();
    }

    /// Puts the pivot between the halves; the larger one waits.
    bool split() {
        if (!exchange(high_ - 1, up_)) return fail();
        std::int64_t wait_low = up_ + 1;
        std::int64_t wait_high = high_;
        if (up_ - low_ < high_ - up_) {
            high_ = up_ - 1;
        } else {
            wait_low = low_;
            wait_high = up_ - 1;
            low_ = up_ + 1;
        }
        if (wait_low < wait_high) {
            const std::uint32_t slot = kRanges + 2 * waiting_++;
            cx_.set_local_number(slot, static_cast<double>(wait_low));
            cx_.set_local_number(slot + 1, static_cast<double>(wait_high));
        }
        return open_range();
    }

    bool next_range() {
        low_ = high_;
        return open_range();
    }

    /// Starts on [low, high], or on a waiting range when it has no two elements. False: all is sorted.
    bool open_range() {
        while (low_ >= high_) {
            if (waiting_ == 0) {
                if (unpaid_ > 0) (void)cx_.charge(unpaid_);
                result_ = cx_.done();
                return false;
            }
            const std::uint32_t slot = kRanges + 2 * --waiting_;
            low_ = integer(slot);
            high_ = integer(slot + 1);
        }
        cx_.set_local_number(kLow, static_cast<double>(low_));
        cx_.set_local_number(kHigh, static_cast<double>(high_));
        cx_.set_local_number(kWaiting, waiting_);
        get_both(low_, left_, high_, right_);
        phase_ = kHighLow;
        return true;
    }

    /// Whether the table has an array part that may be written to.
    bool has_slots() const {
        const ArraySlots slots(txn_, heap_, table_);
        return !slots.empty();
    }
    Value get(std::int64_t i) const {
        const ArrayView values(heap_, table_);
        return has(values, i) ? values[index(i)] : cx_.raw_get(table_, i);
    }
    void get_both(std::int64_t i, Value& v, std::int64_t j, Value& w) const {
        const ArrayView values(heap_, table_);
        v = has(values, i) ? values[index(i)] : cx_.raw_get(table_, i);
        w = has(values, j) ? values[index(j)] : cx_.raw_get(table_, j);
    }
    bool set_both(std::int64_t i, Value v, std::int64_t j, Value w) {
        return set_slots(i, v, j, w) || (cx_.raw_set(table_, i, v) && cx_.raw_set(table_, j, w));
    }
    /// False: not both of them are slots that may be written to, and nothing has changed.
    bool set_slots(std::int64_t i, Value v, std::int64_t j, Value w) const {
        const ArraySlots slots(txn_, heap_, table_);
        if (!has(slots, i) || !has(slots, j)) return false;
        slots[index(i)] = v;
        slots[index(j)] = w;
        return true;
    }
    /// The values of i and j change places.
    bool exchange(std::int64_t i, std::int64_t j) {
        if (exchange_slots(i, j)) return true;
        Value v;
        Value w;
        get_both(i, v, j, w);
        return set_both(i, w, j, v);
    }
    bool exchange_slots(std::int64_t i, std::int64_t j) const {
        const ArraySlots slots(txn_, heap_, table_);
        if (!has(slots, i) || !has(slots, j)) return false;
        std::swap(slots[index(i)], slots[index(j)]);
        return true;
    }
    static std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i - 1); }
    static bool has(const auto& values, std::int64_t i) { return static_cast<std::uint64_t>(i - 1) < values.size(); }
    std::int64_t integer(std::uint32_t slot) const { return static_cast<std::int64_t>(cx_.local_number(slot)); }

    bool fail() {
        result_ = cx_.failed();
        return false;
    }
    bool invalid_order() {
        result_ = cx_.error("invalid order function for sorting");
        return false;
    }

    /// Slots of the range and the pivot are written where they change.
    void save() {
        cx_.set_local_number(kUp, static_cast<double>(up_));
        cx_.set_local_number(kDown, static_cast<double>(down_));
        cx_.set_local(kLeft, left_);
        cx_.set_local(kRight, right_);
    }
    void load() {
        low_ = integer(kLow);
        high_ = integer(kHigh);
        up_ = integer(kUp);
        down_ = integer(kDown);
        left_ = cx_.local(kLeft);
        right_ = cx_.local(kRight);
        pivot_ = cx_.local(kPivot);
        waiting_ = static_cast<std::uint32_t>(cx_.local_number(kWaiting));
    }

    NativeContext& cx_;
    const Handle<Table> table_;
    const Value comparator_;
    const bool natural_;  ///< no comparator: the order is that of `<`
    Heap& heap_;
    const Transaction& txn_;

    std::int64_t low_ = 0, high_ = 0;  ///< the range worked on
    std::int64_t up_ = 0, down_ = 0;   ///< the scans; `up_` is the middle before they start
    Value left_ = Value::nil(), right_ = Value::nil(), pivot_ = Value::nil();
    Phase phase_ = kHighLow;
    std::uint32_t waiting_ = 0;
    std::uint32_t unpaid_ = 0;  ///< comparisons made and not charged
    NativeResult result_{NativeResult::Done, 0};
};

}  // namespace

/// table.sort (table [, comp])
NativeResult table_sort(NativeContext& cx) {
    Handle<Table> table;
    if (cx.state() == 0) {
        if (!cx.check_table(0, table)) return cx.failed();
        std::uint32_t n = 0;
        if (!cx.none_or_nil(1) && !cx.check_function(1)) return cx.failed();
        if (!library(cx).move_resumable(table) || !library(cx).length_resumable(table, n)) return cx.failed();
        if (n < 2) return cx.done();
        // SO3: each waiting range is at least as large as what is worked on after it.
        if (!cx.reserve(kRanges + 2 * static_cast<std::uint32_t>(std::bit_width(n)))) return cx.failed();
        return Sorter(cx, table).start(n);
    }
    return Sorter(cx, cx.arg(0).as<Table>()).resume();
}

}  // namespace arenite::lib
