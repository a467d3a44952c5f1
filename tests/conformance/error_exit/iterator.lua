for x in function() error "iterator failed" end do print(x) end
