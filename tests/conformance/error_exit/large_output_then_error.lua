for i = 1, 20000 do io.write("line ", i, "\n") end
error "after much output"
