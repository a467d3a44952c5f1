// TextSink: takes the pieces of a text one after another.
#pragma once

#include <functional>
#include <string_view>

namespace arenite::redis {

using TextSink = std::function<void(std::string_view)>;

}  // namespace arenite::redis
