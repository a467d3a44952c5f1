io.write "no newline at exit"
os.exit(0)
print "never"
