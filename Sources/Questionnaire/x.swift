// Questionnaire
