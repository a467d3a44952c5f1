// A typed reply of a Redis command: what a command host gives to the script engine, and what that gives to the RESP
// writer. One value covers RESP2 and RESP3.
//
// Invariants
// 1. A Reply is moved, never copied: the only owner of its children.
// 2. Destruction, comparison and moving use constant C++ stack, whatever the nesting: a script decides how deep it is.
// 3. Texts are bytes as given. Nothing is sanitised here: that is the RESP writer's part alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arenite::redis {

enum class ReplyKind : std::uint8_t {
    Status,     ///< +OK
    Error,      ///< -ERR text, held without the leading '-'
    Integer,    ///< :1
    Bulk,       ///< $3 abc
    Null,       ///< RESP2 $-1, RESP3 _
    NullArray,  ///< RESP2 *-1, RESP3 _
    Array,
    Double,  ///< RESP3 only, as are all kinds below
    Boolean,
    BigNumber,
    Verbatim,  ///< text with a format of three bytes
    Map,       ///< items are key, value, key, value, ...
    Set,
};

class Reply {
public:
    using Items = std::vector<Reply>;

    Reply() noexcept = default;  ///< Null
    Reply(Reply&& other) noexcept
        : text_(std::move(other.text_)), content_(std::exchange(other.content_, {})), kind_(other.kind_) {}
    Reply& operator=(Reply&& other) noexcept;
    ~Reply() {
        if (is_aggregate() && content_.aggregate != nullptr) destroy(content_.aggregate);
    }

    [[nodiscard]] static Reply status(std::string text);
    [[nodiscard]] static Reply ok();
    /// `text` with its code, without '-': "ERR no such key".
    [[nodiscard]] static Reply error(std::string text);
    /// The same of a text that lives forever: needs no memory.
    [[nodiscard]] static Reply constant_error(const char* text) noexcept;
    [[nodiscard]] static Reply integer(std::int64_t value);
    [[nodiscard]] static Reply bulk(std::string text);
    [[nodiscard]] static Reply bulk(std::string_view text);
    [[nodiscard]] static Reply bulk(const char* text) { return bulk(std::string_view(text)); }
    [[nodiscard]] static Reply null();
    [[nodiscard]] static Reply null_array();
    [[nodiscard]] static Reply array(Items items = {});
    [[nodiscard]] static Reply real(double value);
    [[nodiscard]] static Reply boolean(bool value);
    [[nodiscard]] static Reply big_number(std::string digits);
    /// Formats are three bytes: longer ones are cut, shorter ones padded with blanks (Redis addReplyVerbatim).
    [[nodiscard]] static Reply verbatim(std::string_view format, std::string_view text);
    /// `flat` holds keys and values in turn; its size is even.
    [[nodiscard]] static Reply map(Items flat);
    [[nodiscard]] static Reply set(Items items);

    [[nodiscard]] ReplyKind kind() const noexcept { return kind_; }
    [[nodiscard]] bool is_error() const noexcept { return kind_ == ReplyKind::Error; }
    [[nodiscard]] bool is_null() const noexcept { return kind_ == ReplyKind::Null || kind_ == ReplyKind::NullArray; }
    [[nodiscard]] bool is_aggregate() const noexcept {
        return kind_ == ReplyKind::Array || kind_ == ReplyKind::Map || kind_ == ReplyKind::Set;
    }

    /// Status, Error, Bulk, BigNumber, Verbatim (without its format); empty for the other kinds.
    [[nodiscard]] std::string_view text() const noexcept;
    [[nodiscard]] std::string take_text() &&;
    /// The bytes that it holds, to be freed in pieces.
    [[nodiscard]] std::string& held_text() noexcept { return text_; }
    [[nodiscard]] std::string_view verbatim_format() const noexcept;
    [[nodiscard]] std::int64_t integer_value() const noexcept;  ///< Integer; 0 for the other kinds
    [[nodiscard]] double double_value() const noexcept;         ///< Double; 0 for the other kinds
    [[nodiscard]] bool boolean_value() const noexcept;          ///< Boolean; false for the other kinds
    [[nodiscard]] const Items& items() const noexcept;          ///< Array, Map (flat), Set; empty for the others
    [[nodiscard]] Items& mutable_items();                       ///< only of an aggregate
    /// Number of elements, or of pairs for a Map.
    [[nodiscard]] std::size_t size() const noexcept;

    /// Deep equality, doubles by bits.
    [[nodiscard]] bool operator==(const Reply& other) const;

private:
    struct Aggregate;
    /// By kind. All zero in a reply that was moved from, which then has no children.
    union Content {
        std::int64_t integer = 0;  ///< Integer, Boolean
        double real;               ///< Double
        Aggregate* aggregate;      ///< owned: Array, Map, Set
        const char* constant;      ///< kinds with a text: null, or that text, which lives forever
    };

    Reply(ReplyKind kind, std::string&& text) noexcept
        : text_(std::move(text)), content_{.constant = nullptr}, kind_(kind) {}
    Reply(ReplyKind kind, Content content) noexcept : content_(content), kind_(kind) {}
    [[nodiscard]] static Reply aggregate(ReplyKind kind, Items items);
    static void destroy(Aggregate* aggregate) noexcept;

    std::string text_;  ///< of the kinds that have one, else empty
    Content content_;
    ReplyKind kind_ = ReplyKind::Null;
};

}  // namespace arenite::redis
