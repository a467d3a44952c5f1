#include "vm/lib/text_builder.h"

#include <algorithm>
#include <cstring>

namespace arenite::lib {

bool TextBuilder::begin_segment(Value full) {
    Value next = Value::nil();
    if (!cx_.new_buffer(next) || !cx_.buffer_reserve(next, kSegmentBytes)) return false;
    Handle<Table> segments;
    if (cx_.local(slot_ + kSegments).is_nil()) {
        if (!cx_.new_table(4, 0, segments)) return false;
        cx_.set_local(slot_ + kSegments, Value::object(segments));
    } else {
        segments = cx_.local(slot_ + kSegments).as<Table>();
    }
    if (!cx_.raw_set(segments, std::int64_t{cx_.raw_length(segments)} + 1, full)) return false;
    cx_.set_local(slot_ + kLast, next);
    return true;
}

/// B3; `wanted` bytes are to come.
bool TextBuilder::make_room(std::size_t wanted) {
    const Value last = cx_.local(slot_ + kLast);
    if (last.is_nil()) {
        Value first = Value::nil();
        if (!cx_.new_buffer(first) || !cx_.buffer_reserve(first, std::clamp(wanted + kChunk, kFirst, kGrowingMax)))
            return false;
        cx_.set_local(slot_ + kLast, first);
    } else if (library(cx_).buffer_room(last) < kChunk) {
        const std::size_t size = cx_.buffer_size(last);
        if (size + kChunk > kGrowingMax) {
            if (!begin_segment(last)) return false;
        } else {
            const std::size_t good = std::min(std::max(size + wanted + kChunk, 2 * size), kGrowingMax);
            if (!cx_.buffer_reserve(last, std::max(good, size + kChunk))) return false;
        }
    }
    limit_ = kChunk;
    return true;
}

bool TextBuilder::store_chunk() {
    const std::size_t n = used_;
    if (n == 0) return true;
    if (cx_.local(slot_ + kLast).is_nil() && !make_room(n)) return false;
    if (!cx_.append(cx_.local(slot_ + kLast), {chunk_, n})) return false;
    used_ = 0;
    charge(work_of_fresh_bytes(n));
    return true;
}

TextBuilder::Status TextBuilder::add_long(std::string_view bytes) {
    bytes.remove_prefix(std::min(piece_done_, bytes.size()));
    if (!store_chunk()) return Status::Failed;
    for (;;) {
        if (!make_room(bytes.size())) return Status::Failed;
        if (bytes.size() <= kChunk / 2) {
            used_ = bytes.copy(chunk_, bytes.size());
            break;
        }
        const Value last = cx_.local(slot_ + kLast);
        const std::size_t n = std::min({bytes.size(), library(cx_).buffer_room(last), kSlice});
        if (!cx_.append(last, bytes.substr(0, n))) return Status::Failed;
        piece_done_ += n;
        bytes.remove_prefix(n);
        charge(work_of_fresh_bytes(n));
        if (spent_ && !bytes.empty()) return Status::Spent;
    }
    piece_done_ = 0;
    return Status::Ok;
}

bool TextBuilder::save() {
    const bool none = cx_.local(slot_ + kLast).is_nil() && cx_.local(slot_ + kSegments).is_nil();
    if (none && !make_room(used_)) return false;
    cx_.set_local_number(slot_ + kPieceDone, static_cast<double>(piece_done_));
    return store_chunk();
}

bool TextBuilder::begin_result() {
    const auto segments = cx_.local(slot_ + kSegments).as<Table>();
    if (const Value last = cx_.local(slot_ + kLast); !last.is_nil()) {
        if (!cx_.raw_set(segments, std::int64_t{cx_.raw_length(segments)} + 1, last)) return false;
        cx_.set_local(slot_ + kLast, Value::nil());
    }
    std::size_t size = 0;
    const std::uint32_t count = cx_.raw_length(segments);
    for (std::uint32_t i = 1; i <= count; ++i) size += cx_.buffer_size(cx_.raw_get(segments, std::int64_t{i}));
    charge(count / 4);
    Value result = Value::nil();
    if (!cx_.new_buffer(result) || !library(cx_).buffer_assign_unset(result, size)) return false;
    cx_.set_local(slot_ + kLast, result);
    piece_done_ = 0;
    cx_.set_local_number(slot_ + kSegment, 1);
    cx_.set_local_number(slot_ + kFilled, 0);
    return true;
}

TextBuilder::Status TextBuilder::fill_result() {
    const auto segments = cx_.local(slot_ + kSegments).as<Table>();
    const Value result = cx_.local(slot_ + kLast);
    const std::size_t size = cx_.buffer_size(result);
    auto segment = static_cast<std::int64_t>(cx_.local_number(slot_ + kSegment));
    auto filled = static_cast<std::size_t>(cx_.local_number(slot_ + kFilled));
    while (filled < size && !spent_) {
        const Value from = cx_.raw_get(segments, segment);
        const std::size_t length = cx_.buffer_size(from);
        const std::size_t done = std::min(piece_done_, length);
        const std::size_t n = std::min({length - done, size - filled, kSlice});
        if (!library(cx_).copy_bytes(result, filled, from, done, n)) return Status::Failed;
        filled += n;
        piece_done_ = done + n;
        charge(work_of_fresh_bytes(n));
        if (piece_done_ == length) {
            library(cx_).buffer_free(from);
            ++segment;
            piece_done_ = 0;
        }
    }
    cx_.set_local_number(slot_ + kSegment, static_cast<double>(segment));
    cx_.set_local_number(slot_ + kFilled, static_cast<double>(filled));
    return filled < size ? Status::Spent : Status::Ok;
}

TextBuilder::Status TextBuilder::finish(Value& out) {
    if (cx_.local(slot_ + kSegment).is_nil()) {
        if (cx_.local(slot_ + kLast).is_nil() && cx_.local(slot_ + kSegments).is_nil()) {
            charge(work_of_fresh_bytes(used_));
            return cx_.new_string({chunk_, used_}, out) ? Status::Ok : Status::Failed;
        }
        if (!store_chunk()) return Status::Failed;
        if (cx_.local(slot_ + kSegments).is_nil()) {
            charge(work_of_fresh_bytes(cx_.buffer_size(cx_.local(slot_ + kLast))));
            return cx_.finish(cx_.local(slot_ + kLast), out) ? Status::Ok : Status::Failed;
        }
        if (!begin_result()) return Status::Failed;
    }
    if (const Status s = fill_result(); s != Status::Ok) return s;
    return cx_.finish(cx_.local(slot_ + kLast), out) ? Status::Ok : Status::Failed;
}

}  // namespace arenite::lib
