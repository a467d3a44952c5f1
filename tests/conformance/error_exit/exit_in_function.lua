local function quit(n) print("quitting", n) os.exit(n) end
pcall(function() quit(5) end)
print "never"
