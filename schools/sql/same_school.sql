-- A student's class is a class of her own school. Moving both at once is one UPDATE.
ALTER TABLE schools_student ADD CONSTRAINT student_class_of_school
    FOREIGN KEY (school_class_id, school_id) REFERENCES schools_schoolclass (id, school_id)
    DEFERRABLE INITIALLY DEFERRED;
