local realerror = error
error = nil
print(pcall(function() error "x" end))
realerror "done"
