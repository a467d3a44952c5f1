// A value of the keyspace: one of the five types, with what undo and OBJECT need.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <variant>

#include "redis_api/keyspace/free_queue.h"
#include "redis_api/keyspace/hash_value.h"
#include "redis_api/keyspace/list_value.h"
#include "redis_api/keyspace/set_value.h"
#include "redis_api/keyspace/sorted_set.h"
#include "redis_api/keyspace/string_value.h"
#include "redis_api/work_meter.h"

namespace arenite::redis {

class Object final : public Freeable {
public:
    using Value = std::variant<StringValue, ListValue, HashValue, SetValue, SortedSet>;

    template <class T, class... Arguments>
    explicit Object(FreeQueue& queue, std::in_place_type_t<T> type, Arguments&&... arguments)
        : Freeable(queue), value_(type, std::forward<Arguments>(arguments)...) {}

    template <class T>
    [[nodiscard]] T* as() noexcept {
        return std::get_if<T>(&value_);
    }
    template <class T>
    [[nodiscard]] const T* as() const noexcept {
        return std::get_if<T>(&value_);
    }

    [[nodiscard]] std::string_view type_name() const noexcept;      ///< as TYPE says
    [[nodiscard]] std::string_view encoding_name() const noexcept;  ///< as OBJECT ENCODING says
    /// How many parts there are to free: elements, or KiB of a string.
    [[nodiscard]] std::size_t element_count() const noexcept;
    /// Charges the meter for each element, or piece of a string.
    [[nodiscard]] FreePointer<Object> clone(FreeQueue& queue, WorkMeter& meter) const;

    /// Undo scopes nest. Only begin_undo() may throw std::bad_alloc.
    void begin_undo();
    void commit_undo() noexcept;
    void rollback_undo() noexcept;
    /// Whether ended scopes have left something to free.
    [[nodiscard]] bool has_dropped() const noexcept;

    /// The undo scope in which this object was made or opened last.
    std::uint64_t undo_scope = 0;
    /// For OBJECT IDLETIME.
    std::int64_t last_access_ms = 0;

private:
    ~Object() override = default;
    [[nodiscard]] std::size_t part_count() const noexcept override { return element_count(); }
    [[nodiscard]] bool free_some(bool everything, FreeAllowance& allowance) noexcept override;

    Value value_;
};

using ObjectPointer = FreePointer<Object>;

template <class T, class... Arguments>
[[nodiscard]] ObjectPointer make_object(FreeQueue& queue, Arguments&&... arguments) {
    return ObjectPointer(new Object(queue, std::in_place_type<T>, std::forward<Arguments>(arguments)...));
}

}  // namespace arenite::redis
