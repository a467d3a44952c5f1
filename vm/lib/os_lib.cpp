// The operating system library (Lua 5.1 §5.8). Dates and times are those of the C library, as in PUC Lua 5.1.5.
// The locale is always that of C, on which the whole engine relies.
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <limits>
#include <string>
#include <string_view>

#include "vm/lib/lib.h"
#include "vm/lib/text_builder.h"

namespace arenite::lib {
namespace {

/// (time_t)d as x86-64 converts it: what does not fit is the smallest value.
[[nodiscard]] std::time_t to_time(double d) {
    if (d >= -0x1p63 && d < 0x1p63) return static_cast<std::time_t>(d);
    return std::numeric_limits<std::time_t>::min();
}

/// os_pushresult of the reference: true, or nil, message and error number.
NativeResult file_result(NativeContext& cx, bool ok, const char* name) {
    const int error = errno;
    if (ok) return cx.done_bool(true);
    Value message = Value::nil();
    if (!cx.join(name, {": ", std::strerror(error)}, message)) return cx.failed();
    return cx.done(Value::nil(), message, Value::number(error));
}

/// os.clock ()
NativeResult clock_fn(NativeContext& cx) {
    return cx.done_number(static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC));
}

/// os.execute ([command])
NativeResult execute_fn(NativeContext& cx) {
    std::string_view command;
    if (cx.none_or_nil(0)) return cx.done_number(std::system(nullptr));
    if (!cx.check_string(0, command)) return cx.failed();
    return cx.done_number(std::system(CString(command).get()));
}

/// os.setlocale (locale [, category]): asks for the locale, or sets the one that is set.
NativeResult setlocale_fn(NativeContext& cx) {
    static const char* const kCategories[] = {"all", "collate", "ctype", "monetary", "numeric", "time", nullptr};
    std::string_view locale;
    std::uint32_t category = 0;
    if (!cx.opt_string(0, "", locale) || !cx.check_option(1, "all", kCategories, category)) return cx.failed();
    locale = locale.substr(0, locale.find('\0'));
    Value out = Value::nil();
    if (!locale.empty() && locale != "C" && locale != "POSIX") return cx.done(out);
    return cx.new_string("C", out) ? cx.done(out) : cx.failed();
}

/// os.getenv (varname)
NativeResult getenv_fn(NativeContext& cx) {
    std::string_view name;
    if (!cx.check_string(0, name)) return cx.failed();
    const char* value = std::getenv(CString(name).get());
    if (value == nullptr) return cx.done(Value::nil());
    Value out = Value::nil();
    return cx.new_string(value, out) ? cx.done(out) : cx.failed();
}

/// os.exit ([code])
NativeResult exit_fn(NativeContext& cx) {
    std::int32_t code = 0;
    return opt_int(cx, 0, EXIT_SUCCESS, code) ? request_exit(cx, code) : cx.failed();
}

/// os.remove (filename)
NativeResult remove_fn(NativeContext& cx) {
    std::string_view name;
    if (!cx.check_string(0, name)) return cx.failed();
    const CString path(name);
    return file_result(cx, std::remove(path.get()) == 0, path.get());
}

/// os.rename (oldname, newname)
NativeResult rename_fn(NativeContext& cx) {
    std::string_view from;
    std::string_view to;
    if (!cx.check_string(0, from) || !cx.check_string(1, to)) return cx.failed();
    const CString path(from);
    return file_result(cx, std::rename(path.get(), CString(to).get()) == 0, path.get());
}

/// os.tmpname (): makes the file, so that the name stays free for the caller.
NativeResult tmpname_fn(NativeContext& cx) {
    char name[] = "/tmp/lua_XXXXXX";
    const int fd = mkstemp(name);
    if (fd == -1) return cx.error("unable to generate a unique filename");
    close(fd);
    Value out = Value::nil();
    return cx.new_string(name, out) ? cx.done(out) : cx.failed();
}

/// os.difftime (t2, t1); the reference checks the last argument first.
NativeResult difftime_fn(NativeContext& cx) {
    double later = 0;
    double earlier = 0;
    if (!cx.opt_number(1, 0, earlier) || !cx.check_number(0, later)) return cx.failed();
    return cx.done_number(std::difftime(to_time(later), to_time(earlier)));
}

/// Broken-down time of t, in UTC or local time; false when it has no date.
bool break_down(std::time_t t, bool utc, std::tm& out) {
    if (utc) return gmtime_r(&t, &out) != nullptr;
    tzset();  // as localtime does
    return localtime_r(&t, &out) != nullptr;
}

/// os.date("*t")
NativeResult date_table(NativeContext& cx, const std::tm& tm) {
    struct Field {
        std::string_view name;
        int value;
    };
    const Field fields[] = {{"sec", tm.tm_sec},       {"min", tm.tm_min},       {"hour", tm.tm_hour},
                            {"day", tm.tm_mday},      {"month", tm.tm_mon + 1}, {"year", tm.tm_year + 1900},
                            {"wday", tm.tm_wday + 1}, {"yday", tm.tm_yday + 1}};
    Handle<Table> t;
    if (!cx.new_table(0, 9, t)) return cx.failed();
    for (const Field& f : fields) {
        if (!cx.raw_set(t, f.name, Value::number(f.value))) return cx.failed();
    }
    if (tm.tm_isdst >= 0 && !cx.raw_set(t, std::string_view("isdst"), Value::boolean(tm.tm_isdst != 0)))
        return cx.failed();
    return cx.done(Value::object(t));
}

/// os.date ([format [, time]])
NativeResult date_fn(NativeContext& cx) {
    enum : std::uint32_t { kTime, kAt, kText, kSlots = kText + TextBuilder::kSlots };
    constexpr std::uint64_t kConversionCost = 20;
    constexpr std::uint64_t kSlice = 2000;

    std::string_view format;
    if (!cx.opt_string(0, "%c", format)) return cx.failed();
    format = format.substr(0, format.find('\0'));
    std::time_t t = 0;
    std::size_t i = 0;
    if (cx.state() == 0) {
        double given = 0;
        if (cx.none_or_nil(1)) {
            t = std::time(nullptr);
        } else if (cx.check_number(1, given)) {
            t = to_time(given);
        } else {
            return cx.failed();
        }
        if (!cx.reserve(kSlots)) return cx.failed();
        cx.set_local_number(kTime, static_cast<double>(t));
    } else {
        t = to_time(cx.local_number(kTime));
        i = static_cast<std::size_t>(cx.local_number(kAt));
    }
    const bool utc = !format.empty() && format[0] == '!';
    if (utc) format.remove_prefix(1);
    std::tm tm{};
    if (!break_down(t, utc, tm)) return cx.done(Value::nil());
    if (format == "*t") return date_table(cx, tm);

    TextBuilder text(cx, kText);
    const auto stop = [&](TextBuilder::Status why) {
        cx.set_local_number(kAt, static_cast<double>(i));
        if (!text.save()) return cx.failed();
        if (why == TextBuilder::Status::Spent) return cx.suspend(1);
        cx.restartable_in(1);
        return cx.failed();
    };
    std::uint64_t work = 0;
    while (i < format.size()) {
        if (work >= kSlice) {
            const bool left = cx.charge(work);
            work = 0;
            if (!left) return stop(TextBuilder::Status::Spent);
        }
        if (format[i] != '%' || i + 1 == format.size()) {
            if (const auto s = text.add(format.substr(i, 1)); s != TextBuilder::Status::Ok) return stop(s);
            ++i;
            ++work;
            continue;
        }
        const char conversion[] = {'%', format[i + 1], '\0'};
        char result[200];
        const std::size_t size = std::strftime(result, sizeof result, conversion, &tm);
        if (const auto s = text.add({result, size}); s != TextBuilder::Status::Ok) return stop(s);
        i += 2;
        work += kConversionCost;
    }
    if (work > 0) (void)cx.charge(work);
    Value out = Value::nil();
    const TextBuilder::Status status = text.finish(out);
    return status == TextBuilder::Status::Ok ? cx.done(out) : stop(status);
}

/// Fields of the table of os.time in the order in which they are read; the slot of each is its index here.
constexpr struct {
    const char* name;
    int fallback;  ///< negative: the field is required
} kDateFields[] = {{"sec", 0}, {"min", 0}, {"hour", 12}, {"day", -1}, {"month", -1}, {"year", -1}, {"isdst", -1}};
constexpr std::uint32_t kDateFieldCount = sizeof kDateFields / sizeof kDateFields[0];
constexpr std::uint32_t kIsDst = kDateFieldCount - 1;
constexpr std::uint32_t kConverting = 100;  ///< state of os.time in which field i is a long numeral in its slot: + i

/// Puts what field i of the table holds into its slot; false: `out` is to be returned.
bool take_date_field(NativeContext& cx, std::uint32_t i, Value v, NativeResult& out) {
    double d = 0;
    if (i == kIsDst) {
        d = v.is_nil() ? -1 : v.truthy() ? 1 : 0;
    } else if (cx.to_number(v, d)) {
        d = to_int(to_time(d));  // (int)lua_tointeger
    } else if (cx.unfinished()) {
        cx.set_local(i, v);
        out = cx.suspend(kConverting + i);
        return false;
    } else if (kDateFields[i].fallback < 0) {
        out = cx.error("field '%s' missing in date table", kDateFields[i].name);
        return false;
    } else {
        d = kDateFields[i].fallback;
    }
    cx.set_local_number(i, d);
    return true;
}

/// os.time ([table]). The fields are read with metamethods, as lua_getfield does; state i + 1 awaits field i, and
/// kConverting + i goes on with it.
NativeResult time_fn(NativeContext& cx) {
    std::time_t t = 0;
    if (cx.none_or_nil(0)) {
        t = std::time(nullptr);
    } else {
        Handle<Table> table;
        if (!cx.check_table(0, table)) return cx.failed();
        NativeResult out{};
        std::uint32_t i = cx.state();
        if (i == 0) {
            if (!cx.reserve(kDateFieldCount)) return cx.failed();
        } else if (i >= kConverting) {
            i -= kConverting;
            if (!take_date_field(cx, i, cx.local(i), out)) return out;
            ++i;
        } else if (!take_date_field(cx, i - 1, first_result(cx), out)) {
            return out;
        }
        for (; i < kDateFieldCount; ++i) {
            Value key = Value::nil();
            if (!cx.new_string(kDateFields[i].name, key)) return cx.failed();
            const OperationAnswer a = cx.index(cx.arg(0), key);
            if (a.kind == OperationAnswer::Failed) return cx.failed();
            if (a.kind == OperationAnswer::NeedsCall) return cx.call(i + 1, a.value, {a.first, key});
            if (!take_date_field(cx, i, a.value, out)) return out;
        }
        const auto field = [&cx](std::uint32_t slot) { return static_cast<std::int64_t>(cx.local_number(slot)); };
        std::tm tm{};
        tm.tm_sec = to_int(field(0));
        tm.tm_min = to_int(field(1));
        tm.tm_hour = to_int(field(2));
        tm.tm_mday = to_int(field(3));
        tm.tm_mon = to_int(field(4) - 1);
        tm.tm_year = to_int(field(5) - 1900);
        tm.tm_isdst = to_int(field(kIsDst));
        t = std::mktime(&tm);
    }
    if (t == static_cast<std::time_t>(-1)) return cx.done(Value::nil());
    return cx.done_number(static_cast<double>(t));
}

}  // namespace

void open_os_time(LibraryBuilder& b) {
    b.library("os");
    b.function("clock", clock_fn);
    b.function("date", date_fn);
    b.function("difftime", difftime_fn);
    b.function("time", time_fn);
}

void open_os(LibraryBuilder& b) {
    b.library("os");
    b.function("execute", execute_fn);
    b.function("exit", exit_fn);
    b.function("getenv", getenv_fn);
    b.function("remove", remove_fn);
    b.function("rename", rename_fn);
    b.function("setlocale", setlocale_fn);
    b.function("tmpname", tmpname_fn);
}

}  // namespace arenite::lib
