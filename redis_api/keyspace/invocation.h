// One running command: its arguments, the caller's context, and what handlers share - reading
// arguments, opening keys, and replies that depend on the RESP version.
//
// A step that can fail returns false and leaves the error reply in the invocation; the handler then
// returns fail().
//
// Work. Handlers charge what they do to the meter: visit() for elements that are examined, look_up() where a key is
// hashed, bytes() for what is copied or compared, hold() for memory that the command needs until it ends. Arguments
// were charged before the command began, and what goes into the reply is charged as it is put there (reply_list.h).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "redis_api/keyspace/command_table.h"
#include "redis_api/keyspace/keyspace.h"
#include "redis_api/keyspace/text.h"
#include "redis_api/reply_list.h"

namespace arenite::redis {

class Invocation {
public:
    Invocation(Keyspace& keyspace, const Command& command, std::span<const std::string_view> args,
               CallContext& context) noexcept
        : keyspace_(keyspace),
          meter_(keyspace.meter()),
          held_(meter_),
          command_(command),
          args_(args),
          context_(context) {}
    Invocation(const Invocation&) = delete;
    Invocation& operator=(const Invocation&) = delete;

    [[nodiscard]] std::size_t size() const noexcept { return args_.size(); }
    std::string_view operator[](std::size_t index) const noexcept { return args_[index]; }
    [[nodiscard]] std::span<const std::string_view> args(std::size_t from, std::size_t count) const {
        return args_.subspan(from, count);
    }
    /// Whether the argument is this option, in any case.
    [[nodiscard]] bool is(std::size_t index, std::string_view option) const noexcept {
        return equals_ignoring_case(args_[index], option);
    }
    [[nodiscard]] bool has_more(std::size_t index) const noexcept { return index + 1 < args_.size(); }

    [[nodiscard]] Keyspace& keyspace() noexcept { return keyspace_; }
    [[nodiscard]] CallContext& context() noexcept { return context_; }
    [[nodiscard]] int db() const noexcept { return context_.db; }
    [[nodiscard]] bool resp3() const noexcept { return context_.resp >= 3; }
    [[nodiscard]] std::string_view command_name() const noexcept { return command_.name; }

    // Work -----------------------------------------------------------------------------------------
    [[nodiscard]] WorkMeter& meter() noexcept { return meter_; }
    void visit(std::uint64_t elements = 1) { meter_.charge(elements); }
    void look_up(std::uint64_t keys = 1) { meter_.charge(keys * WorkMeter::kLookup); }
    void bytes(std::uint64_t count) { meter_.charge_bytes(count); }
    /// Whether an element is a given text.
    [[nodiscard]] bool equal(std::string_view element, std::string_view text) {
        meter_.charge(element.size() == text.size() ? 1 + text.size() / WorkMeter::kBytesAUnit : 1);
        return element == text;
    }
    void hold(std::size_t bytes) { held_.add(bytes); }

    /// All members of a set, in its order, charged.
    [[nodiscard]] std::vector<std::string_view> members(const SetValue& set);

    // Errors ---------------------------------------------------------------------------------------
    /// Sets the error ("ERR " is put before `text`) and returns false.
    bool set_error(std::string_view text);
    Reply fail() noexcept { return std::move(error_); }
    Reply error(std::string_view text) { return set_error(text), fail(); }
    [[nodiscard]] Reply syntax_error() { return error("syntax error"); }
    [[nodiscard]] Reply wrong_type();
    [[nodiscard]] Reply wrong_arity();
    [[nodiscard]] Reply invalid_expire();

    // Arguments ------------------------------------------------------------------------------------
    /// `message` replaces the usual text of an error.
    [[nodiscard]] bool integer(std::size_t index, std::int64_t& out, std::string_view message = {});
    [[nodiscard]] bool ranged(std::size_t index, std::int64_t min, std::int64_t max, std::int64_t& out,
                              std::string_view message = {});
    [[nodiscard]] bool not_negative(std::size_t index, std::int64_t& out, std::string_view message = {});
    [[nodiscard]] bool int32(std::size_t index, int& out);
    [[nodiscard]] bool real(std::size_t index, double& out, std::string_view message = {});
    /// Checks a blocking timeout; nothing ever blocks here (Redis timeout.c).
    [[nodiscard]] bool timeout(std::size_t index);
    /// For counts of random elements: any but the most negative (HRANDFIELD and relatives).
    [[nodiscard]] bool random_count(std::size_t index, std::int64_t& out);

    // Keys -----------------------------------------------------------------------------------------
    /// The value of a key for reading; null in `out` if there is none; false if its type is another.
    template <class T>
    [[nodiscard]] bool read(std::string_view key, const T*& out) {
        look_up();
        return typed(keyspace_.find(db(), key), out);
    }
    /// The same for change.
    template <class T>
    [[nodiscard]] bool write(std::string_view key, T*& out) {
        look_up();
        return typed(keyspace_.find_for_write(db(), key), out);
    }
    /// As write(), and makes the key if there is none.
    template <class T>
    bool write_or_create(std::string_view key, T*& out) {
        if (!write(key, out)) return false;
        if (out == nullptr) out = create<T>(key);
        return true;
    }
    template <class T, class... Arguments>
    T* create(std::string_view key, Arguments&&... arguments) {
        return keyspace_.put(db(), key, make<T>(std::forward<Arguments>(arguments)...))->template as<T>();
    }
    /// A value that is under no key yet.
    template <class T, class... Arguments>
    [[nodiscard]] ObjectPointer make(Arguments&&... arguments) {
        return make_object<T>(keyspace_.free_queue(), std::forward<Arguments>(arguments)...);
    }
    /// Removes a key whose collection has become empty.
    template <class T>
    void remove_if_empty(std::string_view key, const T& collection) {
        if (collection.size() == 0) keyspace_.remove(db(), key);
    }

    // Replies --------------------------------------------------------------------------------------
    [[nodiscard]] Reply bulk(std::string_view text) { return metered_bulk(meter_, text); }
    [[nodiscard]] Reply bulk(std::string&& text) { return metered_bulk(meter_, std::move(text)); }
    [[nodiscard]] ReplyList list() noexcept { return ReplyList(meter_); }
    [[nodiscard]] Reply array(ReplyList items) { return Reply::array(std::move(items).take()); }
    /// A double, or its text for RESP2.
    [[nodiscard]] Reply real_reply(double value);
    [[nodiscard]] Reply map_reply(ReplyList flat) const;   ///< flat array for RESP2
    [[nodiscard]] Reply set_reply(ReplyList items) const;  ///< array for RESP2

private:
    template <class T, class ObjectType>
    [[nodiscard]] bool typed(ObjectType* object, T*& out) {
        out = nullptr;
        if (object == nullptr) return true;
        out = object->template as<std::remove_const_t<T>>();
        if (out != nullptr) return true;
        error_ = wrong_type();
        return false;
    }

    Keyspace& keyspace_;
    WorkMeter& meter_;
    HeldMemory held_;  ///< of hold()
    const Command& command_;
    std::span<const std::string_view> args_;
    CallContext& context_;
    Reply error_;
};

}  // namespace arenite::redis
