#include "redis_api/keyspace/string_value.h"

#include <algorithm>

#include "redis_api/keyspace/number_format.h"

namespace arenite::redis {
namespace {

/// Redis object.c, OBJ_ENCODING_EMBSTR_SIZE_LIMIT.
constexpr std::size_t kEmbstrLimit = 44;
/// Units for what the end of a scope frees without delay.
constexpr FreeAllowance kFreedAtOnce = 16;

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
        if (!undo_->pages.empty() || bytes_.size() != undo_->size) restore(bytes_, *undo_);
        undo_->whole = std::move(bytes_);
    }
    bytes_ = std::move(bytes);
    encoding_ = encoding;
}

void StringValue::make_room(std::size_t size, WorkMeter& meter) {
    if (size <= bytes_.capacity()) return;
    std::string larger;
    larger.reserve(std::max(size, 2 * bytes_.capacity()));
    metered_append(meter, larger, bytes_);
    bytes_.swap(larger);
}

void StringValue::grow(std::size_t size, WorkMeter& meter) {
    constexpr std::size_t kPiece = std::size_t{64} << 10;
    make_room(size, meter);
    while (bytes_.size() < size) {
        const std::size_t piece = std::min(kPiece, size - bytes_.size());
        meter.charge_bytes(piece);
        bytes_.resize(bytes_.size() + piece);
    }
}

void StringValue::append(std::string_view tail, WorkMeter& meter) {
    make_room(bytes_.size() + tail.size(), meter);
    metered_append(meter, bytes_, tail);
    encoding_ = StringEncoding::Raw;
}

void StringValue::overwrite(std::size_t offset, std::string_view bytes) {
    if (undo_ != nullptr && !undo_->whole) {
        Undo& undo = *undo_;
        const std::size_t end = std::min(offset + bytes.size(), undo.size);
        for (std::size_t page = offset / kPageSize; page * kPageSize < end; ++page) {
            const std::size_t start = page * kPageSize;
            const std::size_t length = std::min(kPageSize, undo.size - start);
            undo.pages.try_emplace(page, bytes_, start, length);
        }
    }
    if (bytes_.size() < offset + bytes.size()) bytes_.resize(offset + bytes.size());
    std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
    encoding_ = StringEncoding::Raw;
}

void StringValue::begin_undo() {
    auto undo = std::make_unique<Undo>();
    undo->size = bytes_.size();
    undo->encoding = encoding_;
    undo->outer = std::move(undo_);
    undo_ = std::move(undo);
}

void StringValue::commit_undo() noexcept {
    if (undo_ == nullptr) return;
    std::unique_ptr<Undo> ended = std::move(undo_);
    undo_ = std::move(ended->outer);
    if (undo_ == nullptr || undo_->whole) {
        end(std::move(ended));
        return;
    }
    Undo& inner = *ended;
    Undo& outer = *undo_;
    if (inner.whole) {
        restore(*inner.whole, outer);
        outer.whole = std::move(inner.whole);
        outer.pages.clear();
        return;
    }
    while (!inner.pages.empty()) {
        auto page = inner.pages.extract(inner.pages.begin());
        const std::size_t start = page.key() * kPageSize;
        if (start >= outer.size) continue;
        if (page.mapped().size() > outer.size - start) page.mapped().resize(outer.size - start);
        outer.pages.insert(std::move(page));  // unless it is there, as it was before
    }
}

void StringValue::end(std::unique_ptr<Undo> undo) noexcept {
    undo->outer = std::move(ended_);
    ended_ = std::move(undo);
    FreeAllowance some = kFreedAtOnce;
    (void)free_some(false, some);
}

bool StringValue::free_some(bool everything, FreeAllowance& allowance) noexcept {
    for (; ended_ != nullptr; ended_ = std::move(ended_->outer)) {
        for (auto& pages = ended_->pages; !pages.empty(); pages.erase(pages.begin())) {
            if (allowance <= 0) return false;
            allowance -= free_cost::kNode;
        }
        if (ended_->whole && !arenite::redis::free_some(*ended_->whole, allowance)) return false;
    }
    return !everything || arenite::redis::free_some(bytes_, allowance);
}

void StringValue::restore(std::string& bytes, Undo& undo) noexcept {
    bytes.resize(undo.size);
    for (const auto& [page, old] : undo.pages) bytes.replace(page * kPageSize, old.size(), old);
}

void StringValue::rollback_undo() noexcept {
    if (undo_ == nullptr) return;
    std::unique_ptr<Undo> ended = std::move(undo_);
    encoding_ = ended->encoding;
    if (ended->whole) {
        bytes_.swap(*ended->whole);
    } else {
        restore(bytes_, *ended);
    }
    undo_ = std::move(ended->outer);
    end(std::move(ended));
}

}  // namespace arenite::redis
