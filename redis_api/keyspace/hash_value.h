// A Redis hash: fields in order of insertion, as a listpack has them.
#pragma once

#include <string>
#include <string_view>

#include "redis_api/keyspace/dict.h"
#include "redis_api/work_meter.h"

namespace arenite::redis {

class HashValue {
public:
    using Fields = Dict<std::string>;

    HashValue() = default;

    [[nodiscard]] const Fields& fields() const noexcept { return fields_; }
    [[nodiscard]] std::size_t size() const noexcept { return fields_.size(); }
    [[nodiscard]] const std::string* find(std::string_view field) const noexcept;
    /// A uniformly drawn field; null if there is none.
    [[nodiscard]] const Fields::Node* random(RandomSource& source) noexcept { return fields_.random(source); }
    /// Small enough to be a listpack in Redis; once lost, never regained.
    [[nodiscard]] bool compact() const noexcept { return compact_; }

    bool set(std::string_view field, std::string value);  ///< true: a new field
    bool erase(std::string_view field) { return fields_.erase(field); }

    void copy_from(const HashValue& other, WorkMeter& meter);
    /// Scopes as those of Dict.
    void begin_undo();
    void commit_undo() noexcept;
    void rollback_undo() noexcept;
    /// As those of Dict.
    [[nodiscard]] bool has_dropped() const noexcept { return fields_.has_dropped(); }
    [[nodiscard]] bool free_some(bool everything, FreeAllowance& allowance) noexcept {
        return fields_.free_some(everything, allowance);
    }

private:
    Fields fields_;
    bool compact_ = true;  ///< as it was at the begin of each open scope: undo_flag() of fields_
};

}  // namespace arenite::redis
