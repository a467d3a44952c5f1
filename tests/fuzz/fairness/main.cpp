// fuzz_fairness: searches for the longest step of a script. See kUsage.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/fairness/generator.h"
#include "tests/fuzz/fairness/meter.h"

namespace arenite::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUsage =
    "usage: fuzz_fairness [-n COUNT | SECONDS] [--seed S] [--bar MICROSECONDS] [--max-found N] [--found FOLDER]\n"
    "       fuzz_fairness FILE...\n"
    "\n"
    "Runs scripts in steps of 1,000 units and takes the processor time of each step; a step with a longer time than "
    "the\n"
    "bar (200) in each of several runs is a finding, which is made smaller and saved in FOLDER. Scripts are made from "
    "a\n"
    "grammar (generator.h); those whose steps are long, but not too long, are changed and tried again. First come the\n"
    "scripts of tests/guarantees/corpus. With FILEs, these are measured instead.\n"
    "Exit code: 0 nothing found, 1 findings, 2 misuse.\n";

struct Settings {
    std::uint64_t seed = 1;
    std::uint64_t count = 0;  ///< 0: as many as there is time for
    int seconds = 60;
    double bar = 200;
    int max_found = 20;
    fs::path found = fs::path(ARENITE_BIN_DIR).parent_path() / "found" / "fairness";
    std::vector<std::string> files;
};

bool parse(int argc, char** argv, Settings& settings) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view option = argv[i];
        if (char* end = nullptr; std::strtol(argv[i], &end, 10) > 0 && *end == '\0') {
            settings.seconds = std::atoi(argv[i]);
            continue;
        }
        if (!option.starts_with('-')) {
            settings.files.emplace_back(option);
            continue;
        }
        if (++i == argc) return false;
        if (option == "-n")
            settings.count = std::strtoull(argv[i], nullptr, 10);
        else if (option == "--seed")
            settings.seed = std::strtoull(argv[i], nullptr, 10);
        else if (option == "--bar")
            settings.bar = std::atof(argv[i]);
        else if (option == "--max-found")
            settings.max_found = std::atoi(argv[i]);
        else if (option == "--found")
            settings.found = argv[i];
        else
            return false;
    }
    return settings.bar > 0;
}

std::string contents(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

Measured measured(const Script& script) {
    return {script.setup_text(), script.text(), script.memory};
}

/// The search: scripts, of which those with the longest steps are kept and changed.
class Search {
public:
    explicit Search(const Settings& settings) : settings_(settings), chance_(settings.seed) {
        options_.suspicious = settings.bar / 2;
    }

    void run() {
        measure_corpus();
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(settings_.seconds);
        while (found_ < settings_.max_found) {
            if (settings_.count ? tried_ >= settings_.count : std::chrono::steady_clock::now() >= end) break;
            try_one();
        }
        std::sort(kept_.begin(), kept_.end(), longer);
        std::printf("%llu scripts, %d findings; the longest steps below the bar of %.0f us:\n",
                    static_cast<unsigned long long>(tried_), found_, settings_.bar);
        for (std::size_t i = 0; i < std::min<std::size_t>(kept_.size(), 10); ++i) {
            std::printf("%8.1f us  %s\n", kept_[i].longest, kept_[i].where.c_str());
        }
    }
    [[nodiscard]] int found() const { return found_; }

private:
    static constexpr std::size_t kKept = 60;
    struct Kept {
        std::vector<std::uint32_t> row;
        double longest = 0;
        std::string where;
    };
    static bool longer(const Kept& a, const Kept& b) { return a.longest > b.longest; }

    void measure_corpus() {
        for (const auto& entry : fs::directory_iterator(fs::path(ARENITE_SOURCE_DIR) / "tests/guarantees/corpus")) {
            if (entry.path().extension() != ".lua") continue;
            const Longest l = measure({"", contents(entry.path()), std::size_t{512} << 20}, options_);
            if (l.microseconds < settings_.bar) continue;
            ++found_;
            std::printf("---- %.1f us: %s\n%s\n", l.microseconds, entry.path().c_str(), l.where.c_str());
        }
    }

    std::vector<std::uint32_t> next_row() {
        if (kept_.empty() || chance_.chance(40)) return {};
        std::vector<std::uint32_t> row = chance_.element(kept_).row;
        for (int changes = chance_.between(1, 4); changes > 0 && !row.empty(); --changes) {
            row[static_cast<std::size_t>(chance_.below(static_cast<int>(row.size())))] =
                static_cast<std::uint32_t>(chance_.next());
        }
        return row;
    }

    void try_one() {
        Choices choices(next_row(), chance_.next());
        const Script script = generate(choices, functions_);
        const Longest l = measure(measured(script), options_);
        ++tried_;
        if (l.microseconds >= settings_.bar) {
            report(script, l);
            return;
        }
        kept_.push_back({choices.made(), l.microseconds, script.lines.back()});
        if (kept_.size() < 2 * kKept) return;
        std::sort(kept_.begin(), kept_.end(), longer);
        kept_.resize(kKept);
    }

    /// Leaves out what is not needed, and says what is left.
    void report(Script script, Longest l) {
        ++found_;
        const auto shorter = [&](std::vector<std::string> Script::* part) {
            for (std::size_t i = (script.*part).size(); i-- > 0;) {
                Script less = script;
                (less.*part).erase((less.*part).begin() + static_cast<std::ptrdiff_t>(i));
                const Longest again = measure(measured(less), options_);
                if (again.microseconds < settings_.bar) continue;
                script = less;
                l = again;
            }
        };
        shorter(&Script::lines);
        shorter(&Script::setup);
        fs::create_directories(settings_.found);
        const fs::path path =
            settings_.found / (std::to_string(settings_.seed) + "-" + std::to_string(tried_) + ".lua");
        std::ofstream(path, std::ios::binary)
            << script.setup_text() << "-- measured, limit " << (script.memory >> 20) << " MiB\n"
            << script.text();
        std::printf("---- %.1f us in step %zu of %zu: %s\n", l.microseconds, l.step, l.steps, path.c_str());
        for (const std::string& line : script.setup) std::printf("before: %s\n", line.c_str());
        for (const std::string& line : script.lines) std::printf("%s\n", line.c_str());
        std::printf("limit %zu MiB\n%s\n", script.memory >> 20, l.where.substr(0, 500).c_str());
        std::fflush(stdout);
    }

    const Settings& settings_;
    MeterOptions options_;
    Random chance_;
    const std::vector<std::string> functions_ = library_functions();
    std::vector<Kept> kept_;
    std::uint64_t tried_ = 0;
    int found_ = 0;
};

int measure_files(const Settings& settings) {
    int found = 0;
    for (const std::string& file : settings.files) {
        const Longest l = measure({"", contents(file), std::size_t{512} << 20}, {});
        std::printf("%10.1f us in step %zu of %zu, last %.1f us: %s %s\n", l.microseconds, l.step, l.steps, l.last,
                    file.c_str(), l.failure.substr(0, 100).c_str());
        if (l.microseconds >= settings.bar) std::printf("%s\n", l.where.substr(0, 500).c_str());
        found += l.microseconds >= settings.bar;
        std::fflush(stdout);
    }
    return found;
}

}  // namespace
}  // namespace arenite::fuzz

int main(int argc, char** argv) {
    using namespace arenite::fuzz;
    Settings settings;
    if (!parse(argc, argv, settings)) {
        std::fputs(kUsage, stderr);
        return 2;
    }
    if (!settings.files.empty()) return measure_files(settings) > 0;
    Search search(settings);
    search.run();
    return search.found() > 0;
}
