local t = {
  1,
  2,
  nil .. "x",
}
