#include "redis_api/keyspace/string_value.h"

#include <algorithm>

#include "redis_api/keyspace/number_format.h"

namespace arenite::redis {
namespace {

// Redis object.c, OBJ_ENCODING_EMBSTR_SIZE_LIMIT.
constexpr std::size_t kEmbstrLimit = 44;

StringEncoding encoding_of(const std::string& bytes) {
    if (parse_integer(bytes)) return StringEncoding::Int;
    return bytes.size() <= kEmbstrLimit ? StringEncoding::Embstr : StringEncoding::Raw;
}

}  // namespace

StringValue::StringValue(std::string bytes) : bytes_(std::move(bytes)), encoding_(encoding_of(bytes_)) {}

StringValue::StringValue(std::string bytes, StringEncoding encoding) : bytes_(std::move(bytes)), encoding_(encoding) {}

StringValue StringValue::unencoded(std::string bytes) {
    const bool small = bytes.size() <= kEmbstrLimit;
    return {std::move(bytes), small ? StringEncoding::Embstr : StringEncoding::Raw};
}

void StringValue::replace(std::string bytes, StringEncoding encoding) {
    if (undo_ != nullptr && !undo_->whole) {
        undo_->whole = original();
        undo_->pages.clear();
    }
    bytes_ = std::move(bytes);
    encoding_ = encoding;
}

void StringValue::append(std::string_view tail) {
    bytes_.append(tail);
    encoding_ = StringEncoding::Raw;
}

void StringValue::overwrite(std::size_t offset, std::string_view bytes) {
    if (undo_ != nullptr && !undo_->whole) {
        const std::size_t end = std::min(offset + bytes.size(), undo_->size);
        for (std::size_t page = offset / kPageSize; page * kPageSize < end; ++page) {
            const std::size_t start = page * kPageSize;
            const std::size_t length = std::min(kPageSize, undo_->size - start);
            undo_->pages.try_emplace(page, bytes_, start, length);
        }
    }
    if (bytes_.size() < offset + bytes.size()) bytes_.resize(offset + bytes.size());
    std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
    encoding_ = StringEncoding::Raw;
}

void StringValue::begin_undo() {
    undo_ = std::make_unique<Undo>(Undo{bytes_.size(), encoding_, {}, {}});
}

std::string StringValue::original() const {
    std::string bytes = bytes_.substr(0, undo_->size);
    for (const auto& [page, old] : undo_->pages) bytes.replace(page * kPageSize, old.size(), old);
    return bytes;
}

void StringValue::rollback_undo() {
    if (undo_ == nullptr) return;
    encoding_ = undo_->encoding;
    if (undo_->whole) {
        bytes_ = std::move(*undo_->whole);
    } else {
        bytes_.resize(undo_->size);
        for (const auto& [page, old] : undo_->pages) bytes_.replace(page * kPageSize, old.size(), old);
    }
    undo_.reset();
}

}  // namespace arenite::redis
