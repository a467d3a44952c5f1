#!/usr/bin/env python3
"""Installs a build and compiles consumers against it; see tests/README.md.

    install_test.py --build DIR --source DIR --work DIR [--full] COMPILER...

Always: find_package with the installed package, each public header alone, and pkg-config. With --full: as a
subproject by add_subdirectory, and with the first compiler by FetchContent, which compiles the engine again.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
WARNINGS = "-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror".split()


def run(*command, ok=True, **options):
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)
    if ok and done.returncode != 0:
        sys.exit(f"{' '.join(str(c) for c in command)}: exit code {done.returncode}\n{done.stdout}")
    return done


def expect_ok(program):
    done = run(program)
    if done.stdout != "ok\n":
        sys.exit(f"{program} printed {done.stdout!r}")
    needed = run("readelf", "-d", program).stdout
    for line in needed.splitlines():
        if "(NEEDED)" in line and not any(name in line for name in ("libstdc++", "libc++", "libm.", "libgcc", "libc.", "ld-linux", "libunwind")):
            sys.exit(f"{program} needs a library beyond those of C and C++: {line}")


def configure(source, build, compiler, *options):
    launcher = [f"-DCMAKE_CXX_COMPILER_LAUNCHER={shutil.which('ccache')}"] if shutil.which("ccache") else []
    run("cmake", "-S", source, "-B", build, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={compiler}", *launcher, *options)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("compilers", nargs="+")
    args = parser.parse_args()
    shutil.rmtree(args.work, ignore_errors=True)
    args.work.mkdir(parents=True)
    prefix = args.work / "prefix"
    run("cmake", "--install", args.build, "--prefix", prefix)
    public = sum(len(p.read_text().splitlines()) for p in (prefix / "include").rglob("*") if p.is_file())
    print(f"public headers: {public} lines")

    for compiler in args.compilers:
        name = Path(compiler).name
        build = args.work / f"package-{name}"
        configure(HERE / "package", build, compiler, f"-DCMAKE_PREFIX_PATH={prefix}")
        run("cmake", "--build", build)
        expect_ok(build / "consumer")
        print(f"{name}: find_package, and each header alone: ok")

        if shutil.which("pkg-config"):
            [pc] = prefix.rglob("arenite.pc")
            environment = dict(os.environ, PKG_CONFIG_PATH=str(pc.parent))
            moved = f"--define-variable=prefix={prefix}"  # it was configured for another one
            flags = run("pkg-config", moved, "--cflags", "--libs", "arenite", env=environment).stdout.split()
            program = args.work / f"pkg-config-{name}"
            run(compiler, "-std=c++20", *WARNINGS, HERE / "consumer.cpp", "-o", program, *flags)
            expect_ok(program)
            print(f"{name}: pkg-config: ok")

        if args.full:
            ways = ("add_subdirectory", "FetchContent") if compiler == args.compilers[0] else ("add_subdirectory",)
            for how in ways:
                build = args.work / f"{how}-{name}"
                fetch = "ON" if how == "FetchContent" else "OFF"
                configure(HERE / "subproject", build, compiler, f"-DARENITE_SOURCE={args.source}", f"-DBY_FETCH_CONTENT={fetch}")
                run("cmake", "--build", build, "--target", "host")
                expect_ok(build / "host")
                if run("cmake", "--build", build, "--target", "reaches", ok=False).returncode == 0:
                    sys.exit("a header of the engine's own can be included by an embedder")
                print(f"{name}: {how}, beside a vm/ and a heap/ of the host: ok")


main()
