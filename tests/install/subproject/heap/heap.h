// The host project has a heap of its own.
#pragma once
inline constexpr int kOwnHeap = 2;
