// A Redis string. Undo keeps what was there by pages, so that one bit set in a large bitmap saves
// one page. Scopes nest; ending one allocates nothing.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "redis_api/keyspace/free_queue.h"
#include "redis_api/work_meter.h"

namespace arenite::redis {

/// What OBJECT ENCODING says (Redis object.c). It follows from the history of a string, not only
/// from its bytes.
enum class StringEncoding : std::uint8_t { Int, Embstr, Raw };

class StringValue {
public:
    explicit StringValue(std::string bytes);  ///< encoded as SET does (tryObjectEncoding)
    StringValue(std::string bytes, StringEncoding encoding);
    StringValue(StringValue&&) noexcept = default;
    StringValue& operator=(StringValue&&) noexcept = default;

    /// As createStringObject: short strings are Embstr, integers are not recognised.
    [[nodiscard]] static StringValue unencoded(std::string bytes);

    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
    [[nodiscard]] StringEncoding encoding() const noexcept { return encoding_; }

    /// Makes it at least `size` bytes, with zero bytes after what there is; in pieces, which are charged.
    void grow(std::size_t size, WorkMeter& meter);

    void replace(std::string bytes, StringEncoding encoding);
    void append(std::string_view tail, WorkMeter& meter);
    /// Writes at `offset`, with zero bytes before it where the string is shorter.
    void overwrite(std::size_t offset, std::string_view bytes);

    [[nodiscard]] StringValue clone(WorkMeter& meter) const { return {metered_copy(meter, bytes_), encoding_}; }
    void begin_undo();
    void commit_undo() noexcept;
    void rollback_undo() noexcept;
    /// As those of Dict.
    [[nodiscard]] bool has_dropped() const noexcept { return ended_ != nullptr; }
    [[nodiscard]] bool free_some(bool everything, FreeAllowance& allowance) noexcept;

private:
    static constexpr std::size_t kPageSize = 1024;

    /// What the string was at the begin of a scope. It never shrinks but by replace(), so that `size` is
    /// at most its size now.
    struct Undo {
        std::size_t size;
        StringEncoding encoding;
        std::map<std::size_t, std::string> pages;  ///< by page number, as they were
        std::optional<std::string> whole;          ///< replaces size and pages
        std::unique_ptr<Undo> outer;               ///< once it has ended: the next ended one
    };

    /// Room for `size` bytes. What is there is moved in pieces.
    void make_room(std::size_t size, WorkMeter& meter);
    /// Makes the string at the begin of a scope out of what it became, in place.
    static void restore(std::string& bytes, Undo& undo) noexcept;
    void end(std::unique_ptr<Undo> undo) noexcept;

    std::string bytes_;
    StringEncoding encoding_;
    std::unique_ptr<Undo> undo_;  ///< of the innermost open scope
    std::unique_ptr<Undo> ended_;
};

}  // namespace arenite::redis
