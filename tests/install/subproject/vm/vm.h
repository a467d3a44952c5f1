// The host project has a machine of its own.
#pragma once
inline constexpr int kOwnMachine = 1;
