// fuzz_programs: random Lua programs in lua5.1 and in arenite, compared. See usage().
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/cli/process.h"
#include "tests/fuzz/programs/engine.h"
#include "tests/fuzz/programs/minimizer.h"
#include "tests/fuzz/programs/program_generator.h"
#include "tests/fuzz/support/command_line.h"
#include "tests/fuzz/support/progress.h"

namespace arenite::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUsage =
    "usage: fuzz_programs [-n COUNT | SECONDS] [--seed S] [--batch SIZE] [--found FOLDER] [--max-found N]\n"
    "                     [--reference PROGRAM] [--arenite PROGRAM] [--handicap LUA] [--print]\n"
    "                     [--gentle] [--shrink SECONDS]\n"
    "\n"
    "Programs S, S+1, ... are run by both engines, and what they print is compared. One that differs is made smaller\n"
    "(for up to 40 seconds) and saved in FOLDER. --print shows the programs instead. --handicap runs LUA first in "
    "arenite, to make it wrong.\n"
    "--gentle: for an engine that is slow and collects at other times (the stress preset).\n"
    "Exit code: 0 no difference, 1 differences, 2 misuse, 3 no reference interpreter.\n";

struct Settings {
    std::uint64_t seed = 1;
    std::uint64_t count = 0;  ///< 0: as many as there is time for
    int seconds = 60;
    std::size_t batch = 100;
    int max_found = 10;
    std::chrono::seconds shrink{40};
    bool print = false;
    GeneratorOptions generator;
    Engine reference{"lua5.1", ""};
    Engine arenite{ARENITE_BIN_DIR "/arenite", ""};
    fs::path found = fs::path(ARENITE_BIN_DIR).parent_path() / "found" / "programs";
};

bool parse(int argc, char** argv, Settings& settings) {
    CommandLine line;
    int shrink = static_cast<int>(settings.shrink.count());
    std::uint64_t batch = settings.batch;
    line.bare_number(settings.seconds);
    line.option("-n", &settings.count);
    line.option("--seed", &settings.seed);
    line.option("--batch", &batch);
    line.option("--found", &settings.found);
    line.option("--max-found", &settings.max_found);
    line.option("--shrink", &shrink);
    line.option("--reference", &settings.reference.path);
    line.option("--arenite", &settings.arenite.path);
    line.option("--handicap", &settings.arenite.handicap);
    line.option("--print", &settings.print);
    line.option("--gentle", &settings.generator.gentle);
    if (!line.parse(argc, argv)) return false;
    settings.shrink = std::chrono::seconds(shrink);
    settings.batch = static_cast<std::size_t>(batch);
    return settings.batch != 0;
}

class Comparison {
public:
    explicit Comparison(const Settings& settings) : settings_(settings) {}

    /// Runs the programs in both engines and deals with those that differ.
    void compare(const std::vector<Program>& programs) {
        std::vector<Program> batch;
        for (const Program& program : programs) {
            if (program.mode == Mode::Standalone) {
                if (differs(program)) report(program);
                ++compared_;
            } else {
                batch.push_back(program);
            }
        }
        // A process that ends early leaves programs behind; they get a process of their own.
        while (!batch.empty() && !enough()) {
            const std::vector<Outcome> theirs = run_batch(settings_.reference, batch, scratch_.path());
            const std::vector<Outcome> ours = run_batch(settings_.arenite, batch, scratch_.path());
            std::size_t i = 0;
            for (; i < batch.size(); ++i) {
                ++compared_;
                bytes_ += theirs[i].text.size();
                refused_ +=
                    batch[i].mode != Mode::Compile && theirs[i].text.find("-- refused") != std::string::npos ? 1 : 0;
                if (theirs[i] == ours[i] && theirs[i].complete) continue;
                if (differs(batch[i])) {
                    report(batch[i]);
                } else {
                    report_batch(batch, i, theirs[i], ours[i]);
                }
                if (enough()) return;
                if (!theirs[i].complete || !ours[i].complete) {
                    ++i;
                    break;
                }
            }
            batch.erase(batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(i));
        }
    }

    [[nodiscard]] bool enough() const { return found_ >= settings_.max_found; }
    [[nodiscard]] int found() const { return found_; }
    [[nodiscard]] std::uint64_t compared() const { return compared_; }
    /// Whether the programs did something: they printed, and few of those that were to run did not compile.
    [[nodiscard]] bool meaningful() const { return bytes_ > compared_ * 100 && refused_ * 50 < compared_; }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

private:
    bool differs(const Program& program) {
        const Outcome theirs = run_alone(settings_.reference, program, scratch_.path());
        const Outcome ours = run_alone(settings_.arenite, program, scratch_.path());
        return !(theirs == ours);
    }

    /// For a part of a program, which may have lost what ends its loops: one that runs long does not count.
    bool part_differs(const Program& program) {
        Engine reference = settings_.reference;
        Engine arenite = settings_.arenite;
        reference.time_limit = arenite.time_limit = std::chrono::seconds(2);
        const Outcome theirs = run_alone(reference, program, scratch_.path());
        return theirs.complete && !(theirs == run_alone(arenite, program, scratch_.path()));
    }

    void report(const Program& program) {
        ++found_;
        std::printf("program %llu differs; making it smaller\n", static_cast<unsigned long long>(program.seed));
        std::fflush(stdout);
        const Program small =
            minimize(program, [this](const Program& candidate) { return part_differs(candidate); }, settings_.shrink);
        fs::create_directories(settings_.found);
        const fs::path path = settings_.found / (std::to_string(program.seed) + ".lua");
        std::ofstream(path, std::ios::binary) << small.text;
        std::ofstream(settings_.found / (std::to_string(program.seed) + ".whole.lua"), std::ios::binary)
            << program.text;
        std::printf("---- %s (mode %d)\n%s\n", path.c_str(), static_cast<int>(program.mode), small.text.c_str());
        show(run_alone(settings_.reference, small, scratch_.path()),
             run_alone(settings_.arenite, small, scratch_.path()));
    }

    /// A difference that the program alone does not show: what ran before it matters.
    void report_batch(const std::vector<Program>& batch, std::size_t at, const Outcome& theirs, const Outcome& ours) {
        ++found_;
        fs::create_directories(settings_.found);
        const fs::path path = settings_.found / (std::to_string(batch[at].seed) + ".batch.lua");
        std::ofstream(path, std::ios::binary) << batch_text(Engine{}, batch);
        std::printf("---- program %llu differs only after the others of its batch: %s\n",
                    static_cast<unsigned long long>(batch[at].seed), path.c_str());
        show(theirs, ours);
    }

    void show(const Outcome& theirs, const Outcome& ours) {
        std::printf("---- %s\n%s---- %s\n%s\n", settings_.reference.path.c_str(), theirs.text.c_str(),
                    settings_.arenite.path.c_str(), ours.text.c_str());
        std::fflush(stdout);
    }

    const Settings& settings_;
    test::ScratchFolder scratch_;
    int found_ = 0;
    std::uint64_t compared_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t refused_ = 0;
};

int run(const Settings& settings) {
    if (settings.print) {
        for (std::uint64_t i = 0; i < settings.count; ++i) {
            const Program program = generate_program(settings.seed + i, settings.generator);
            std::printf("-- program %llu, mode %d\n%s\n", static_cast<unsigned long long>(program.seed),
                        static_cast<int>(program.mode), program.text.c_str());
        }
        return 0;
    }
    if (test::run_program(settings.reference.path, {"-e", ""}).exit_code != 0) {
        std::fprintf(stderr, "fuzz_programs: %s does not run\n", settings.reference.path.c_str());
        return 3;
    }
    const auto start = std::chrono::steady_clock::now();
    const auto elapsed = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    Comparison comparison(settings);
    std::uint64_t next = settings.seed;
    Progress progress("programs", settings.count, settings.seconds);
    while (!comparison.enough() &&
           (settings.count ? next < settings.seed + settings.count : elapsed() < settings.seconds)) {
        std::vector<Program> programs;
        while (programs.size() < settings.batch && (!settings.count || next < settings.seed + settings.count)) {
            programs.push_back(generate_program(next++, settings.generator));
        }
        progress.clear();
        comparison.compare(programs);
        progress.show(comparison.compared());
    }
    progress.clear();
    std::printf("%llu programs compared (seeds %llu to %llu, %llu bytes of output) in %.0f s: %d differ%s\n",
                static_cast<unsigned long long>(comparison.compared()), static_cast<unsigned long long>(settings.seed),
                static_cast<unsigned long long>(next - 1), static_cast<unsigned long long>(comparison.bytes()),
                elapsed(), comparison.found(), comparison.enough() ? "; stopped there" : "");
    if (!comparison.meaningful()) std::puts("the programs did too little for this to mean much");
    return comparison.found() != 0 || !comparison.meaningful() ? 1 : 0;
}

}  // namespace
}  // namespace arenite::fuzz

int main(int argc, char** argv) {
    arenite::fuzz::Settings settings;
    if (!arenite::fuzz::parse(argc, argv, settings)) {
        std::fputs(arenite::fuzz::kUsage, stderr);
        return 2;
    }
    return arenite::fuzz::run(settings);
}
