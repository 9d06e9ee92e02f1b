/**
 * Near synonyms of everyday and office English, one group a line: people ask in other words than documents use. A word stands in one
 * group only, since a word in two would join what is not the same. Short on purpose; a wrong group costs more than a missing one.
 */
export const synonymGroups: readonly string[] = `
holiday vacation leave pto furlough
employee staff worker personnel workforce colleague
salary wage pay remuneration earn
remote telework telecommute homeworking
reimburse refund repay
cost price fee fare tariff charge
manager supervisor boss superior
buy purchase acquire procure
begin start commence launch found establish
end finish terminate conclude cease
expire lapse invalid
phone telephone mobile cellphone smartphone
car vehicle automobile
ill sick illness sickness
doctor physician
customer client
delete remove erase purge
maximum max limit cap ceiling most
minimum min least
permit forbid prohibit ban
mandatory compulsory obligatory
annual yearly year
month monthly
week weekly
day daily
hour hourly
quarter quarterly
birth birthplace birthdate
wife husband spouse marry
author writer novelist write
film movie
firm company corporation business
country nation
city town
help assist assistance
fix repair mend
error fault failure defect
fast quick rapid speed soon
laptop computer notebook pc
meal food lunch dinner breakfast
hotel accommodation lodging
trip travel journey
train railway rail
plane flight airfare
send submit dispatch
delivery shipping shipment
receive obtain
inform notify report
approve authorise authorize
store keep retain retention
maternity paternity parental
resign quit
visitor guest
job position role occupation profession work career
hire recruit
course training
exam test
workplace premises
meeting conference
damage harm
warranty guarantee
discount rebate
password passphrase
login signin logon
email mail
photo picture image
child kid
big large huge size
leader head chief
song track
actor actress star portray play
singer vocalist
direct director filmmaker
death kill murder
licence license
argument parameter option setting
documentation docs manual
configuration config configure
disable deactivate
enable activate
delay postpone
increase raise
decrease reduce lower
replace substitute
verify validate inspect
modify edit alter update
weigh weight heavy
tall height high
deep depth
wide width
far distance
old age
inhabitant population resident live reside
language speak
located situated
house home
garbage waste trash rubbish
elevator lift
pet dog cat animal
smoke tobacco cigarette
dress clothing clothes attire
theft steal thief
choose select pick
secret confidential
encrypt encryption cipher
retry repeat
lawyer attorney
teacher instructor
student pupil
school college
ship boat vessel
river stream
illegal unlawful
drug medicine medication
rent lease
garden yard
forbidden prohibited banned
broken defective
cold chilled cool
warm hot heat
`
  .trim()
  .split('\n')
