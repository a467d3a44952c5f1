os.exit(255)
