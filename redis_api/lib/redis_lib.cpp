// The table `redis` of scripts (Redis script_lua.c, "Lua redis.* functions implementations"; eval.c). Texts of errors
// and the conversion of arguments are those of 7.0.15.
#include <boost/container/pmr/monotonic_buffer_resource.hpp>

#include <array>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "redis_api/convert.h"
#include "redis_api/format_double.h"
#include "redis_api/lib/libraries.h"
#include "redis_api/script_environment.h"
#include "redis_api/sha1.h"
#include "vm/buffer_bytes.h"
#include "vm/counted_resource.h"
#include "vm/lib/lib.h"
#include "vm/library_context.h"

namespace arenite::redis {
namespace {

/// State of a native whose work has been charged and is done in one piece.
constexpr std::uint32_t kPaid = 1;

/// Raises {err = "ERR text"} (luaPushError and luaError).
NativeResult raise_error(NativeContext& cx, std::string_view text) {
    Value error = Value::nil();
    return make_error_table(cx, text, false, error) ? cx.raise(error) : cx.failed();
}

/// lua_tonumber and a cast to int: 0 for what is no number.
int to_int(NativeContext& cx, Value v) {
    double number = 0;
    return cx.to_number(v, number) ? truncate_to_int(number) : 0;
}

// --- Commands. -----------------------------------------------------------------------------------------------------

/// Budget that a command takes beside its bytes.
constexpr std::uint64_t kCommandCost = 100;

/// The words of a command, from the arguments of a native (luaArgsToRedisArgv). Good until the native returns.
class CommandWords {
public:
    explicit CommandWords(NativeContext& cx) : counted_(library(cx).heap().budget) {}

    /// False: `error` says why. Throws std::bad_alloc when memory is out.
    bool read(const NativeContext& cx, std::string_view& error) {
        const std::uint32_t count = cx.arg_count();
        if (count == 0) {
            error = "Please specify at least one argument for this redis lib call";
            return false;
        }
        if (count > std::size(few_)) {
            // NOLINTNEXTLINE(bugprone-sizeof-container): of an element
            words_ = static_cast<std::string_view*>(allocate(count * sizeof few_[0], alignof(std::string_view)));
        }
        for (; count_ < count; ++count_) {
            const Value v = cx.arg(count_);
            std::string_view word;
            if (v.is_string()) {
                word = cx.string(v);
            } else if (v.is_number()) {
                const std::string text = format_double(v.as_number());
                auto* copy = static_cast<char*>(allocate(text.size(), 1));
                word = {copy, text.copy(copy, text.size())};
            } else {
                error = "Lua redis lib command arguments must be strings or integers";
                return false;
            }
            new (words_ + count_) std::string_view(word);
            bytes_ += word.size();
        }
        return true;
    }

    std::span<const std::string_view> words() const { return {words_, count_}; }
    std::size_t bytes() const { return bytes_; }

private:
    void* allocate(std::size_t bytes, std::size_t alignment) {
        if (alignment == 1 && bytes <= sizeof first_ - used_) {
            used_ += bytes;
            return first_ + used_ - bytes;
        }
        if (!memory_) memory_.emplace(&counted_);
        return memory_->allocate(bytes, alignment);
    }

    CountedResource counted_;
    std::optional<boost::container::pmr::monotonic_buffer_resource> memory_;
    char first_[256];  ///< enough for the numbers of the usual command
    std::size_t used_ = 0;
    std::string_view few_[8];
    std::string_view* words_ = few_;
    std::size_t count_ = 0;
    std::size_t bytes_ = 0;
};

/// Gives an error that was found before the command ran: as the result (pcall), or raised (call).
NativeResult refuse(NativeContext& cx, std::string_view text, bool raises) {
    Value error = Value::nil();
    if (!make_error_table(cx, text, false, error)) return cx.failed();
    return raises ? cx.raise(error) : cx.done(error);
}

/// State of a command that has run: its reply waits in the environment, since memory was out for the values of it.
constexpr std::uint32_t kAnswered = 11;

void drop_reply(ScriptEnvironment& environment) {
    environment.reply.drop();
    environment.meter.drop_reply();
}

NativeResult answer(NativeContext& cx, ScriptEnvironment& environment, bool raises) {
    cx.restartable_in(kAnswered);
    Value result = Value::nil();
    switch (environment.reply.go_on(cx, result)) {
        case ReplyToLua::Status::Done: break;
        case ReplyToLua::Status::Spent: return cx.suspend(kAnswered);
        case ReplyToLua::Status::Failed:
            if (!cx.may_restart()) drop_reply(environment);
            return cx.failed();
    }
    const bool is_error = environment.reply.is_error();
    drop_reply(environment);
    cx.not_restartable();
    return raises && is_error ? cx.raise(result) : cx.done(result);
}

/// For work that is done already, and so is paid whatever is left.
void charge_all(NativeContext& cx, std::uint64_t work) {
    constexpr std::uint64_t kAtOnce = 1U << 30;
    for (; work > kAtOnce; work -= kAtOnce) (void)cx.charge(kAtOnce);
    (void)cx.charge(work);
}

/// A command of a host that charges what it does. Where the meter has ended it, the host has undone it.
NativeResult metered_command(NativeContext& cx, ScriptEnvironment& environment, std::span<const std::string_view> words,
                             bool raises) {
    ScriptMeter& meter = environment.meter;
    meter.start();
    Reply reply = environment.host->call(words, environment.call);
    charge_all(cx, meter.finish());
    switch (meter.end()) {
        case WorkMeter::End::None:
            if (Value result; ReplyToLua::scalar(cx, reply, result)) return cx.done(result);
            environment.reply.set(std::move(reply));
            return answer(cx, environment, raises);
        case WorkMeter::End::Stopped: meter.drop_reply(); return cx.suspend(kPaid);  // where the VM sees why
        case WorkMeter::End::NoRoom:
            meter.drop_reply();
            cx.restartable_in(kPaid);
            if (cx.may_restart()) return cx.out_of_memory();
            cx.not_restartable();
            return refuse(cx, "the command does not fit into the memory limit of the script", raises);
        case WorkMeter::End::TooLarge: break;
    }
    meter.drop_reply();
    return refuse(cx, "the reply of the command is too large", raises);
}

/// luaRedisGenericCommand.
NativeResult command(NativeContext& cx, bool raises) {
    ScriptEnvironment& environment = ScriptEnvironment::of(cx);
    if (cx.state() == kAnswered) return answer(cx, environment, raises);
    if (!environment.running) return raise_error(cx, "redis.call/pcall can only be called inside a script invocation");
    cx.restartable();
    CommandWords words(cx);
    if (std::string_view error; !words.read(cx, error)) return refuse(cx, error, raises);
    if (cx.state() != kPaid && !cx.charge(kCommandCost + words.words().size() + words.bytes() / 32))
        return cx.suspend(kPaid);
    cx.not_restartable();  // a command runs once
    if (environment.call.meter != nullptr) return metered_command(cx, environment, words.words(), raises);
    const bool ran = environment.kill.unless_killed(environment.call.wrote, [&] {
        environment.reply.set(environment.host->call(words.words(), environment.call));
    });
    if (!ran) return cx.suspend(kPaid);  // where the VM sees the kill
    return answer(cx, environment, raises);
}

NativeResult call(NativeContext& cx) {
    return command(cx, true);
}
NativeResult pcall(NativeContext& cx) {
    return command(cx, false);
}

/// redis.acl_check_cmd (command, ...): there are no users here, so whatever exists is allowed.
NativeResult acl_check_cmd(NativeContext& cx) {
    ScriptEnvironment& environment = ScriptEnvironment::of(cx);
    if (!environment.running) {
        return raise_error(cx, "redis.acl_check_cmd can only be called inside a script invocation");
    }
    cx.restartable();
    CommandWords words(cx);
    if (std::string_view error; !words.read(cx, error)) return raise_error(cx, error);
    if (!environment.host->knows_command(words.words())) {
        return raise_error(cx, "Invalid command passed to redis.acl_check_cmd()");
    }
    return cx.done_bool(true);
}

// --- Replies. ------------------------------------------------------------------------------------------------------

/// redis.error_reply (text): bad arguments are returned as an error, too.
NativeResult error_reply(NativeContext& cx) {
    cx.restartable();
    Value error = Value::nil();
    if (cx.arg_count() != 1 || !cx.arg(0).is_string()) {
        return make_error_table(cx, "wrong number or type of arguments", false, error) ? cx.done(error) : cx.failed();
    }
    std::string text(until_nul(cx.string(cx.arg(0))));
    if (!text.starts_with('-')) text.insert(0, 1, '-');
    return make_error_table(cx, text, false, error) ? cx.done(error) : cx.failed();
}

/// redis.status_reply (text)
NativeResult status_reply(NativeContext& cx) {
    cx.restartable();
    if (cx.arg_count() != 1 || !cx.arg(0).is_string()) {
        Value error = Value::nil();
        return make_error_table(cx, "wrong number or type of arguments", false, error) ? cx.done(error) : cx.failed();
    }
    Handle<Table> table;
    if (!cx.new_table(0, 1, table) || !cx.raw_set(table, ScriptEnvironment::of(cx).names.ok, cx.arg(0))) {
        return cx.failed();
    }
    return cx.done(Value::object(table));
}

// --- The run. ------------------------------------------------------------------------------------------------------

/// redis.setresp (2 or 3)
NativeResult setresp(NativeContext& cx) {
    ScriptEnvironment& environment = ScriptEnvironment::of(cx);
    if (!environment.running) {
        return raise_error(cx, "redis.setresp can only be called inside a script invocation");
    }
    if (cx.arg_count() != 1) return raise_error(cx, "redis.setresp() requires one argument.");
    const int version = to_int(cx, cx.arg(0));
    if (cx.unfinished()) return cx.failed();
    if (version != 2 && version != 3) return raise_error(cx, "RESP version must be 2 or 3.");
    environment.call.resp = version;
    return cx.done();
}

/// redis.set_repl (flags)
NativeResult set_repl(NativeContext& cx) {
    ScriptEnvironment& environment = ScriptEnvironment::of(cx);
    if (!environment.running) {
        return raise_error(cx, "redis.set_repl can only be called inside a script invocation");
    }
    if (cx.arg_count() != 1) return raise_error(cx, "redis.set_repl() requires two arguments.");
    const int flags = to_int(cx, cx.arg(0));
    if (cx.unfinished()) return cx.failed();
    if ((flags & ~3) != 0) {
        return raise_error(cx, "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.");
    }
    environment.replication = flags;
    return cx.done();
}

/// redis.replicate_commands (): effects are always replicated.
NativeResult replicate_commands(NativeContext& cx) {
    return cx.done_bool(true);
}

/// redis.breakpoint (): false, as no debugger is there.
NativeResult breakpoint(NativeContext& cx) {
    return cx.done_bool(false);
}

/// redis.atomic (f, ...), for a host that cannot undo commands.
NativeResult no_atomic(NativeContext& cx) {
    return raise_error(cx, "redis.atomic() needs a command host that can undo commands");
}

/// redis.debug (...)
NativeResult debug(NativeContext& cx) {
    return cx.done();
}

// --- Tools. --------------------------------------------------------------------------------------------------------

/// redis.sha1hex (text): what is no string counts as empty.
NativeResult sha1hex(NativeContext& cx) {
    cx.restartable();
    if (cx.arg_count() != 1) return raise_error(cx, "wrong number of arguments");
    Value text = cx.arg(0);
    if (text.is_number() && !cx.to_string(text, text)) return cx.failed();
    const std::string_view bytes = text.is_string() ? cx.string(text) : std::string_view();
    // Paid in full before, as it is done in one piece.
    if (cx.state() != kPaid && !cx.charge(bytes.size())) return cx.suspend(kPaid);
    Value digest = Value::nil();
    return cx.new_string(sha1_hex(bytes), digest) ? cx.done(digest) : cx.failed();
}

/// redis.log (level, text, ...): joins strings and numbers with blanks, and skips everything else.
NativeResult log(NativeContext& cx) {
    cx.restartable();
    const ScriptEnvironment& environment = ScriptEnvironment::of(cx);
    if (cx.arg_count() < 2) return raise_error(cx, "redis.log() requires two arguments or more.");
    double number = 0;
    if (!cx.to_number(cx.arg(0), number)) {
        return cx.unfinished() ? cx.failed() : raise_error(cx, "First argument must be a number (log level).");
    }
    const int level = truncate_to_int(number);
    if (level < static_cast<int>(LogLevel::Debug) || level > static_cast<int>(LogLevel::Warning)) {
        return raise_error(cx, "Invalid debug level.");
    }
    if (level < static_cast<int>(environment.log_level) || !environment.log) return cx.done();
    Value line = Value::nil();  // a Buffer, as it may be much longer than anything there is
    if (!cx.new_buffer(line)) return cx.failed();
    for (std::uint32_t i = 1; i < cx.arg_count(); ++i) {
        Value part = cx.arg(i);
        if (part.is_number() && !cx.to_string(part, part)) return cx.failed();
        if (!part.is_string()) continue;
        if ((i != 1 && !cx.append(line, " ")) || !cx.append(line, cx.string(part))) return cx.failed();
    }
    const BufferView text(library(cx).heap(), line);
    environment.log(static_cast<LogLevel>(level), text.bytes());
    (void)cx.charge(text.size());
    return cx.done();
}

}  // namespace

void open_redis(LibraryBuilder& builder) {
    builder.library("redis");
    builder.function("call", call);
    builder.function("pcall", pcall);
    builder.function("log", log);
    builder.number("LOG_DEBUG", 0);
    builder.number("LOG_VERBOSE", 1);
    builder.number("LOG_NOTICE", 2);
    builder.number("LOG_WARNING", 3);
    builder.number("REDIS_VERSION_NUM", 0x0007'000F);
    builder.string("REDIS_VERSION", "7.0.15");
    builder.function("setresp", setresp);
    builder.function("sha1hex", sha1hex);
    builder.function("error_reply", error_reply);
    builder.function("status_reply", status_reply);
    builder.function("set_repl", set_repl);
    builder.number("REPL_NONE", 0);
    builder.number("REPL_AOF", 1);
    builder.number("REPL_SLAVE", 2);
    builder.number("REPL_REPLICA", 2);
    builder.number("REPL_ALL", 3);
    builder.function("acl_check_cmd", acl_check_cmd);
    builder.function("breakpoint", breakpoint);
    // An addition: lib::atomic_fn by itself, as the VM recognises it by its function.
    const auto* environment = static_cast<const ScriptEnvironment*>(builder.vm().host_data);
    builder.function("atomic", environment->host->can_undo() ? lib::atomic_fn : no_atomic);
    builder.function("debug", debug);
    builder.function("replicate_commands", replicate_commands);
}

}  // namespace arenite::redis
