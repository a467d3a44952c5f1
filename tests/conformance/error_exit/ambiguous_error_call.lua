
print("x")

   error
("split over lines"
)