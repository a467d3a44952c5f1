// fuzz_fairness: searches for the longest step of a script. See kUsage.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/fuzz/fairness/generator.h"
#include "tests/fuzz/fairness/meter.h"
#include "tests/fuzz/support/command_line.h"
#include "tests/fuzz/support/progress.h"

namespace arenite::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUsage =
    "usage: fuzz_fairness [-n COUNT | SECONDS] [--lua | --redis] [--seed S] [--bar MICROSECONDS] [--max-found N]\n"
    "                     [--found FOLDER]\n"
    "       fuzz_fairness [--redis] FILE...\n"
    "\n"
    "Runs scripts in steps of 1,000 units and takes the processor time of each step; a step with a longer time than "
    "the\n"
    "bar (200) in each of several runs is a finding, which is made smaller and saved in FOLDER. Scripts are made from "
    "a\n"
    "grammar (generator.h), for a plain Vm and for the Redis profile; those whose steps are long, but not too long, "
    "are changed and tried again. First come the\n"
    "scripts of tests/guarantees/corpus. With FILEs, these are measured instead.\n"
    "Exit code: 0 nothing found, 1 findings, 2 misuse.\n";

struct Settings {
    std::uint64_t seed = 1;
    std::uint64_t count = 0;  ///< 0: as many as there is time for
    int seconds = 60;
    double bar = 200;
    int max_found = 20;
    std::vector<Profile> profiles{Profile::Lua, Profile::Redis};
    fs::path found = fs::path(ARENITE_BIN_DIR).parent_path() / "found" / "fairness";
    std::vector<std::string> files;
};

bool parse(int argc, char** argv, Settings& settings) {
    CommandLine line;
    bool redis = false;
    bool lua = false;
    line.bare_number(settings.seconds);
    line.files(settings.files);
    line.option("-n", &settings.count);
    line.option("--seed", &settings.seed);
    line.option("--bar", &settings.bar);
    line.option("--max-found", &settings.max_found);
    line.option("--found", &settings.found);
    line.option("--redis", &redis);
    line.option("--lua", &lua);
    if (!line.parse(argc, argv) || (redis && lua)) return false;
    if (redis || lua) settings.profiles = {redis ? Profile::Redis : Profile::Lua};
    return settings.bar > 0;
}

Measured measured(const Script& script) {
    return {script.setup_text(), script.text(), script.memory, script.profile};
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
            progress_.show(tried_);
        }
        progress_.clear();
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
            const Longest l = measure({"", contents(entry.path())}, options_);
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
        // The first choice of a row is its profile.
        Choices choices(next_row(), chance_.next());
        const Profile profile = choices.pick(settings_.profiles);
        const Script script =
            profile == Profile::Lua ? generate(choices, lua_functions_) : generate_redis(choices, redis_functions_);
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
        progress_.clear();
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
    Progress progress_{"scripts", settings_.count, static_cast<double>(settings_.seconds)};
    MeterOptions options_;
    Random chance_;
    const std::vector<std::string> lua_functions_ = library_functions(Profile::Lua);
    const std::vector<std::string> redis_functions_ = library_functions(Profile::Redis);
    std::vector<Kept> kept_;
    std::uint64_t tried_ = 0;
    int found_ = 0;
};

int measure_files(const Settings& settings) {
    int found = 0;
    for (const std::string& file : settings.files) {
        const Longest l = measure({"", contents(file), std::size_t{512} << 20, settings.profiles.front()}, {});
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
