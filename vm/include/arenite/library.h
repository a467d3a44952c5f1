// LibraryBuilder: how a library of natives is opened (Vm::open_library).
#pragma once

#include <string_view>

#include <arenite/native.h>

namespace arenite {

/// Fills the tables of a library; made by the Vm, which refers to it no longer than open_library() lasts.
class LibraryBuilder {
public:
    virtual ~LibraryBuilder() = default;
    /// Following entries go into the global table `name` (created when absent); "" = the globals themselves.
    virtual void library(std::string_view name) = 0;
    /// Natives are named by static strings.
    virtual void function(std::string_view name, NativeFn fn) = 0;
    virtual void number(std::string_view name, double value) = 0;
    virtual void string(std::string_view name, std::string_view value) = 0;
    /// `alias` names the same function object as `name` in the current library (e.g. gfind, gmatch).
    virtual void alias(std::string_view alias, std::string_view name) = 0;
    /// Any value; nil says that memory was out when it was made, and the library fails to open.
    virtual void value(std::string_view name, Value v) = 0;
    [[nodiscard]] virtual Vm& vm() = 0;
    [[nodiscard]] virtual Machine& machine() = 0;  ///< for the engine's own libraries
};

}  // namespace arenite
