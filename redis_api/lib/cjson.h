// The library cjson of Redis scripts: lua-cjson 2.1.0, with the defaults of Redis 7.
//
// Its parts: cjson.cpp (options, cjson.new), cjson_encode.cpp, cjson_decode.cpp, and cjson_tokens.h, which reads strings
// and numerals of JSON texts and knows nothing of the VM.
#pragma once

#include <cstdint>

#include <arenite/native.h>

namespace arenite::redis {

/// What the functions encode_* and decode_* set.
struct CjsonOptions {
    enum InvalidNumbers : std::int32_t { Refused, Allowed, Null };

    std::int32_t sparse_convert = 0;  ///< excessively sparse arrays become objects
    std::int32_t sparse_ratio = 2;  ///< an array is sparse that has less than one value in so many elements; 0: none is
    std::int32_t sparse_safe = 10;  ///< ... unless it has not more elements than this
    std::int32_t encode_max_depth = 1000;
    std::int32_t decode_max_depth = 1000;
    std::int32_t encode_invalid_numbers = Refused;
    std::int32_t decode_invalid_numbers = Allowed;
    std::int32_t number_precision = 14;  ///< significant digits
    std::int32_t keep_buffer = 1;        ///< of no effect here
};

/// The options of the running function of cjson: those of the engine, which as in Redis live on from script to script
/// (ScriptEnvironment), or those of the table that cjson.new() made.
[[nodiscard]] CjsonOptions cjson_options(NativeContext& cx);

/// What cjson.null is: JSON's null in a Lua table.
inline constexpr Value kCjsonNull = Value::light_userdata(0);

/// Slots of Lua's stack that a C function may use (LUAI_MAXCSTACK): lua-cjson takes some for each level of nesting, so
/// that there is an end to it whatever the options say.
inline constexpr std::uint32_t kCjsonStackSlots = 8000;

NativeResult cjson_encode(NativeContext& cx);
NativeResult cjson_decode(NativeContext& cx);

void open_cjson(LibraryBuilder& builder);

}  // namespace arenite::redis
