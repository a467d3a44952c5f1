print "never printed"
if x then
  print(1)
