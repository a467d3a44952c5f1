os.exit(2.9)
