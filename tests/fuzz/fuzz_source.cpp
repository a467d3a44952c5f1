// Fuzzes the compiler and the machine with source text. Inputs are texts; the mutator works on tokens: it removes, repeats,
// exchanges and splices in pieces of the conformance scripts, so that many inputs compile. What compiles is dumped and
// read back, and runs within a budget and a memory limit; rollback must leave nothing of it.
#include <boost/container/pmr/monotonic_buffer_resource.hpp>

#include <cctype>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "compiler/compile.h"
#include "compiler/dump.h"
#include "fuzz_vm.h"

extern "C" __attribute__((weak)) std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                                              std::size_t max_size);

namespace {

using namespace arenite;
using namespace arenite::fuzz;

// --- Tokens -------------------------------------------------------------------------------------------------------

/// Pieces of a text: words, numbers, strings, comments and operators, roughly as Lua sees them. White space belongs to the
/// token before it, so that the pieces joined are the text.
std::vector<std::string> tokens_of(std::string_view text) {
    std::vector<std::string> tokens;
    std::size_t i = 0;
    const auto word = [&](std::size_t at) {
        return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_');
    };
    while (i < text.size()) {
        std::size_t end = i + 1;
        const char c = text[i];
        if (word(i)) {
            while (word(end)) ++end;
        } else if (c == '"' || c == '\'') {
            while (end < text.size() && text[end] != c && text[end] != '\n') end += text[end] == '\\' ? 2 : 1;
            ++end;
        } else if (text.substr(i, 2) == "--") {
            while (end < text.size() && text[end] != '\n') ++end;
        } else if (text.substr(i, 2) == "[[") {
            const std::size_t close = text.find("]]", i);
            end = close == std::string_view::npos ? text.size() : close + 2;
        } else if (text.substr(i, 3) == "...") {
            end = i + 3;
        } else if (const auto two = text.substr(i, 2);
                   two == "==" || two == "~=" || two == "<=" || two == ">=" || two == "..") {
            end = i + 2;
        }
        end = std::min(end, text.size());
        while (end < text.size() && std::isspace(static_cast<unsigned char>(text[end])) != 0) ++end;
        tokens.emplace_back(text.substr(i, end - i));
        i = end;
    }
    return tokens;
}

constexpr const char* kWords[] = {"and ",
                                  "break ",
                                  "do ",
                                  "else ",
                                  "elseif ",
                                  "end ",
                                  "false ",
                                  "for ",
                                  "function ",
                                  "if ",
                                  "in ",
                                  "local ",
                                  "nil ",
                                  "not ",
                                  "or ",
                                  "repeat ",
                                  "return ",
                                  "then ",
                                  "true ",
                                  "until ",
                                  "while ",
                                  "+",
                                  "-",
                                  "*",
                                  "/",
                                  "%",
                                  "^",
                                  "#",
                                  "==",
                                  "~=",
                                  "<=",
                                  ">=",
                                  "<",
                                  ">",
                                  "=",
                                  "(",
                                  ")",
                                  "{",
                                  "}",
                                  "[",
                                  "]",
                                  ";",
                                  ":",
                                  ",",
                                  ".",
                                  "..",
                                  "...",
                                  "a ",
                                  "b ",
                                  "c ",
                                  "t ",
                                  "f ",
                                  "self ",
                                  "_G ",
                                  "0 ",
                                  "1 ",
                                  "-1 ",
                                  "2^53 ",
                                  "1e308 ",
                                  "0x7fffffff ",
                                  "'' ",
                                  "'x' ",
                                  "[[y]] ",
                                  "{} ",
                                  "function() end ",
                                  "pcall",
                                  "error",
                                  "setmetatable",
                                  "getmetatable",
                                  "coroutine.wrap",
                                  "coroutine.yield",
                                  "arenite.atomic",
                                  "string.rep",
                                  "table.concat",
                                  "table.sort",
                                  "select",
                                  "unpack",
                                  "newproxy(true) ",
                                  "setfenv",
                                  "collectgarbage() ",
                                  "loadstring",
                                  "string.dump",
                                  "tostring",
                                  "__index",
                                  "__gc",
                                  "__mode",
                                  "__call",
                                  "__eq"};

/// Tokens of every conformance script, read once.
const std::vector<std::vector<std::string>>& scripts() {
    static const std::vector<std::vector<std::string>> all = [] {
        std::vector<std::vector<std::string>> read;
        std::vector<std::filesystem::path> paths;
        for (const auto& entry : std::filesystem::directory_iterator(ARENITE_SOURCE_DIR "/tests/conformance")) {
            if (entry.path().extension() == ".lua") paths.push_back(entry.path());
        }
        std::sort(paths.begin(), paths.end());
        for (const auto& path : paths) {
            std::ifstream stream(path, std::ios::binary);
            const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
            read.push_back(tokens_of(text));
        }
        return read;
    }();
    return all;
}

std::string mutated(std::string_view text, unsigned seed) {
    std::minstd_rand random(seed);
    const auto below = [&](std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(random()) % n; };
    std::vector<std::string> tokens = tokens_of(text);
    for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
        const std::size_t at = below(tokens.size() + 1);
        const auto place = tokens.begin() + static_cast<std::ptrdiff_t>(at);
        const std::size_t left = tokens.size() - at;
        switch (below(7)) {
            case 0: tokens.erase(place, place + static_cast<std::ptrdiff_t>(std::min(left, 1 + below(6)))); break;
            case 1: tokens.insert(place, kWords[below(std::size(kWords))]); break;
            case 2:
                if (left != 0) *place = kWords[below(std::size(kWords))];
                break;
            case 3: {  // repeat a piece somewhere else
                const std::vector<std::string> piece(
                    place, place + static_cast<std::ptrdiff_t>(std::min(left, 1 + below(30))));
                tokens.insert(tokens.begin() + static_cast<std::ptrdiff_t>(below(tokens.size() + 1)), piece.begin(),
                              piece.end());
                break;
            }
            case 4:
                if (left > 1) std::swap(*place, tokens[at + below(left)]);
                break;
            default: {  // a piece of a script
                if (scripts().empty()) break;
                const auto& from = scripts()[below(scripts().size())];
                if (from.empty()) break;
                const std::size_t start = below(from.size());
                const std::size_t count = std::min(from.size() - start, 1 + below(below(2) != 0 ? 12 : 80));
                tokens.insert(place, from.begin() + static_cast<std::ptrdiff_t>(start),
                              from.begin() + static_cast<std::ptrdiff_t>(start + count));
            }
        }
    }
    std::string all;
    for (const std::string& t : tokens) all += t;
    return all;
}

// --- Running ------------------------------------------------------------------------------------------------------

/// A unit that compiles is written and read back to the same bytes.
void round_trip(std::string_view text) {
    boost::container::pmr::monotonic_buffer_resource memory;
    auto compiled = compiler::compile(text, "=s", &memory);
    const auto* unit = std::get_if<FunctionUnit*>(&compiled);
    if (unit == nullptr) {
        check(!std::get<compiler::CompileError>(compiled).message.empty(), "a compile error without a message");
        return;
    }
    for (const bool strip : {false, true}) {
        const std::string first = compiler::dump(**unit, strip);
        auto read = compiler::undump(first, "=s", &memory);
        if (const auto* error = std::get_if<compiler::CompileError>(&read))
            fail("own bytecode is refused", error->message);
        check(compiler::dump(*std::get<FunctionUnit*>(read), strip) == first, "bytecode changes when it is read back");
    }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    if (seed % 16 == 0 && LLVMFuzzerMutate != nullptr) return LLVMFuzzerMutate(data, size, max_size);
    std::string text = mutated({reinterpret_cast<const char*>(data), size}, seed);
    if (text.size() > max_size) text.resize(max_size);
    if (!text.empty()) std::memcpy(data, text.data(), text.size());
    return text.size();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static FuzzedVm machine(small_options());
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (text.empty() || text.front() != '\x1b') round_trip(text);
    Vm& vm = machine.vm();
    machine.begin();
    Value f = Value::nil();
    if (vm.load(text, "=s", f) && vm.start(f, {})) {
        const RunStatus end = run_bounded(vm, 1 + size % 977, 100'000);
        check(end == RunStatus::Finished || end == RunStatus::Failed, "a run that is neither finished nor failed");
        verify(vm, "at the end of the run");
        if (size % 3 == 0) vm.full_collect();
    }
    machine.rollback();
    return 0;
}
