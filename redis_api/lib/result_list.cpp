#include "redis_api/lib/result_list.h"

namespace arenite::redis {

bool ResultList::spill() {
    if (table_) return true;
    Handle<Table> table;
    if (!cx_.new_table(2 * kSmall, 0, table)) return false;
    for (std::uint32_t i = 0; i < count_; ++i) {
        if (!cx_.raw_set(table, std::int64_t{i} + 1, small_[i])) return false;
    }
    table_ = table;
    return true;
}

bool ResultList::save() {
    if (!spill()) return false;
    cx_.set_local(slot_ + kTable, Value::object(table_));
    cx_.set_local_number(slot_ + kCount, count_);
    return true;
}

bool ResultList::push_all() {
    for (std::uint32_t i = 0; i < count_; ++i) {
        if (!cx_.push(table_ ? cx_.raw_get(table_, std::int64_t{i} + 1) : small_[i])) return false;
    }
    return true;
}

}  // namespace arenite::redis
