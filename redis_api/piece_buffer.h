// PieceBuffer: text on its way to a stream. What is printed of a reply may be much longer than the reply, and is never
// in memory as a whole.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include <arenite/redis/reply_text.h>

namespace arenite::redis {

/// Has the part of a string's interface that writers use. Throws std::bad_alloc.
class PieceBuffer {
public:
    explicit PieceBuffer(const TextSink& sink) : sink_(sink) {}
    ~PieceBuffer() = default;
    PieceBuffer(const PieceBuffer&) = delete;
    PieceBuffer& operator=(const PieceBuffer&) = delete;

    PieceBuffer& operator+=(std::string_view text) {
        while (!text.empty()) {
            const std::string_view part = text.substr(0, kPiece);
            piece_ += part;
            text.remove_prefix(part.size());
            pass();
        }
        return *this;
    }
    PieceBuffer& operator+=(char c) {
        piece_ += c;
        pass();
        return *this;
    }
    void append(std::size_t count, char c) {
        for (; count > 0; --count) *this += c;
    }
    void append(const char* begin, const char* end) { *this += std::string_view(begin, end); }
    /// Of what was added there is at least one character here.
    void pop_back() { piece_.pop_back(); }
    /// The end of the text.
    void flush() {
        sink_(piece_);
        piece_.clear();
    }

private:
    static constexpr std::size_t kPiece = std::size_t{32} << 10;
    void pass() {
        if (piece_.size() <= kPiece) return;
        sink_(std::string_view(piece_).substr(0, piece_.size() - 1));
        piece_.erase(0, piece_.size() - 1);
    }

    const TextSink& sink_;
    std::string piece_;
};

}  // namespace arenite::redis
